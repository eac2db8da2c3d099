import type { PreflightFacts } from '@streamvault/api-contract';
import type { EventStore } from '@streamvault/event-store';
import { EVENT_STORE, EventRegistry } from '@streamvault/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type PreflightChecked, preflightStream } from './preflight-events.js';

/** Two days of hourly checks. */
const kept = 48;

/** The findings of preflights, in the log, because another process may show them. */
@Injectable()
export class PreflightLog {
  #isBounded = false;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly registry: EventRegistry,
  ) {}

  async latest(): Promise<PreflightFacts | undefined> {
    for await (const recorded of this.store.readStream(preflightStream, { direction: 'backwards', limit: 1 }))
      return this.registry.read<PreflightChecked>(recorded).data;
    return undefined;
  }

  async note(data: PreflightFacts): Promise<void> {
    const id = randomUUID();
    const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'scheduler', now: data.checkedAt };
    const event = this.registry.toNewEvent({ type: 'PreflightChecked', data }, metadata, preflightStream);
    await this.store.append(preflightStream, [event], 'any');
    if (this.#isBounded) return;
    await this.store.setStreamMetadata(preflightStream, { maxCount: kept });
    this.#isBounded = true;
  }
}
