import {
  AppToken,
  automationContext,
  EventSubLink,
  type EventSubLinkParts,
  Helix,
  NoticeInbox,
  TwitchApi,
  TwitchHttp,
  TwitchLog,
} from '@streamvault/automation';
import { type KernelLogger, EventRegistry } from '@streamvault/kernel';
import { MemoryEventStore, type RecordedEvent } from '@streamvault/event-store';
import { FakeTwitch } from '../fake-twitch/fake-twitch.js';

export const quiet: KernelLogger = { info: () => {}, warn: () => {}, error: () => {} };

/** A Twitch, and our side of it over a log in memory. */
export class TwitchSide {
  readonly store = new MemoryEventStore();
  readonly registry = new EventRegistry(automationContext.events ?? []);
  readonly http = new TwitchHttp();
  readonly stopping = new AbortController();
  readonly api: TwitchApi;
  readonly helix: Helix;
  readonly appToken: AppToken;
  missed = 0;
  readonly #links: EventSubLink[] = [];

  private constructor(readonly twitch: FakeTwitch) {
    const { clientId, clientSecret } = twitch.id;
    this.helix = new Helix({ baseUrl: twitch.settings.TWITCH_HELIX_URL, clientId, http: this.http });
    this.appToken = new AppToken({ clientId, clientSecret }, twitch.settings.TWITCH_ID_URL, this.http);
    this.api = new TwitchApi(this.helix, this.appToken);
  }

  static async start(): Promise<TwitchSide> {
    return new TwitchSide(await FakeTwitch.start());
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Another installation with the same client id has its own log. */
  link(more: Partial<EventSubLinkParts> = {}, store = this.store): EventSubLink {
    const link = new EventSubLink(
      {
        api: this.api,
        clientId: this.twitch.id.clientId,
        url: this.twitch.settings.TWITCH_EVENTSUB_URL,
        adopted: new TwitchLog(store, this.registry),
        inbox: new NoticeInbox(store, this.registry),
        logger: quiet,
        missed: () => {
          this.missed += 1;
        },
        ...more,
      },
      this.signal,
    );
    this.#links.push(link);
    return link;
  }

  async notices(): Promise<RecordedEvent[]> {
    const all: RecordedEvent[] = [];
    for await (const event of this.store.readAll({ filter: { types: ['EventSubNoticeReceived'] } })) all.push(event);
    return all;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.#links.map((link) => link.ended()));
    await this.http.close();
    await this.twitch.close();
    await this.store.close();
  }
}
