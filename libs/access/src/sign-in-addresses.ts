import { Inject, Injectable } from '@nestjs/common';
import type { SignInAddress } from '@streamvault/api-contract';
import type { EventStore } from '@streamvault/event-store';
import { type CommandMetadata, EVENT_STORE, EventRegistry } from '@streamvault/kernel';
import { AuditTrail } from './audit-trail.js';
import { type SignInEvent, signInStream } from './domain/sign-in-events.js';
import { Addresses, addressesDays } from './records/addresses.js';
import { Sessions } from './records/sessions.js';

/** One more, because an event may have been written a little later than its address. */
const readDays = addressesDays + 1;
const day = 24 * 3600 * 1000;

/** From where a user signed in, for as long as that is known. The log itself does not have it. */
@Injectable()
export class SignInAddresses {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly addresses: Addresses,
    private readonly sessions: Sessions,
    private readonly trail: AuditTrail,
  ) {}

  /** The newest first. */
  async of(userId: number, now: number = Date.now()): Promise<SignInAddress[]> {
    const events = await this.#eventsOf(userId, now);
    const known = await this.addresses.of(events.map(({ id }) => id));
    return events.flatMap(({ id, at, agent }) => {
      const address = known.get(id);
      return address === undefined ? [] : [{ at, address, agent }];
    });
  }

  /**
   * Erases them, also those of running sessions, which continue. The log records how many, and not which.
   * @returns how many
   */
  async erase(userId: number, metadata: CommandMetadata): Promise<number> {
    const events = await this.#eventsOf(userId, Date.parse(metadata.now));
    const ofSessions = await this.sessions.eraseAddresses(userId);
    const ofEvents = await this.addresses.erase(events.map(({ id }) => id));
    // A session has the address of its own sign-in: it is one address, at two places.
    const count = Math.max(ofEvents, ofSessions);
    if (count > 0)
      await this.trail.tell({ type: 'AddressesErased', data: { userId, count, at: metadata.now } }, metadata);
    return count;
  }

  async #eventsOf(userId: number, now: number): Promise<{ id: string; at: string; agent: string | null }[]> {
    const oldest = now - readDays * day;
    const found = [];
    for await (const recorded of this.store.readStream(signInStream, { direction: 'backwards' })) {
      if (Date.parse(recorded.recordedAt) < oldest) break;
      const { id, type, data } = this.registry.read<SignInEvent>(recorded);
      if (type !== 'SignedIn' && type !== 'PasskeyRefused') continue;
      if (data.userId === userId) found.push({ id, at: data.at, agent: 'agent' in data ? data.agent : null });
    }
    return found;
  }
}
