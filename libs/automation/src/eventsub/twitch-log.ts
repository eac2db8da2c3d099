import type { EventStore } from '@streamvault/event-store';
import { deterministicId, type EventRegistry } from '@streamvault/kernel';
import { hash } from 'node:crypto';
import type { AdoptedConduits } from './conduit.js';
import { channelCategory, conduitCategory, type TwitchEvent } from './notice-events.js';

const conduitStream = (clientId: string): `${string}-${string}` =>
  `${conduitCategory}-${hash('sha256', clientId).slice(0, 32)}`;
const channelStream = (streamerId: number): `${string}-${string}` => `${channelCategory}-${streamerId}`;

/** What this installation has to remember about Twitch: its conduit, and the channel of each address. */
export class TwitchLog implements AdoptedConduits {
  constructor(
    private readonly store: Pick<EventStore, 'append' | 'readStream'>,
    private readonly registry: EventRegistry,
  ) {}

  async find(clientId: string): Promise<string | undefined> {
    const event = await this.#latest(conduitStream(clientId));
    return event?.type === 'ConduitAdopted' ? event.data.conduitId : undefined;
  }

  adopt(clientId: string, conduitId: string): Promise<void> {
    const at = new Date().toISOString();
    return this.#append(conduitStream(clientId), { type: 'ConduitAdopted', data: { at, clientId, conduitId } });
  }

  /** Twitch's id of a streamer's channel; undefined if it was never looked up. */
  async channelOf(streamerId: number): Promise<string | undefined> {
    const event = await this.#latest(channelStream(streamerId));
    return event?.type === 'ChannelIdentified' ? event.data.userId : undefined;
  }

  identify(streamerId: number, userId: string, login: string): Promise<void> {
    const at = new Date().toISOString();
    return this.#append(channelStream(streamerId), {
      type: 'ChannelIdentified',
      data: { at, streamerId, userId, login },
    });
  }

  async #latest(stream: `${string}-${string}`): Promise<TwitchEvent | undefined> {
    for await (const recorded of this.store.readStream(stream, { direction: 'backwards', limit: 1 }))
      return this.registry.read<TwitchEvent>(recorded);
    return undefined;
  }

  async #append(stream: `${string}-${string}`, event: TwitchEvent): Promise<void> {
    const id = deterministicId(stream, JSON.stringify(event.data));
    const now = new Date().toISOString();
    const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'twitch', now };
    await this.store.append(stream, [this.registry.toNewEvent(event, metadata, stream)], 'any');
  }
}
