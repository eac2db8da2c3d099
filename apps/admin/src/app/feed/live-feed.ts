import { DestroyRef, InjectionToken, Service, computed, inject, signal } from '@angular/core';
import type { LiveProgress, LoggedEvent } from '@streamvault/api-contract';
import { Subject } from 'rxjs';
import { type FeedMessage, backoff, initialFeedState, reduceFeed } from './feed-state';

/** The part of `EventSource` that the feed uses. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}
export const OPEN_EVENT_STREAM = new InjectionToken<(url: string) => EventStream>('OPEN_EVENT_STREAM', {
  factory: () => (url) => new EventSource(url),
});

const closed = 2;
/**
 * While something is being recorded, a message comes every second. After this much silence the connection counts as
 * dead.
 */
const silentMilliseconds = 6000;
/** A browser allows six connections to one server over HTTP/1.1: forgotten tabs must not hold them all. */
const hiddenMillisecondsBeforePause = 60_000;

/**
 * The server's live feed, once for the whole console. The browser reconnects by itself after a broken connection. If
 * the browser has given up (the answer was not a stream), the feed opens a new connection after a growing wait, from
 * the last position that it saw. A hidden tab closes its connection and opens it again when it becomes visible.
 */
@Service()
export class LiveFeed {
  readonly #open = inject(OPEN_EVENT_STREAM);
  readonly #state = signal(initialFeedState);
  readonly #events = new Subject<LoggedEvent>();
  readonly #caughtUp = new Subject<void>();
  #stream: EventStream | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;

  readonly connection = computed(() => this.#state().connection);
  readonly figures = computed(() => this.#state().figures);
  /** Since when there is no connection, in milliseconds by this browser's clock; null while there is one. */
  readonly lostSince = computed(() => this.#state().lostSince);
  /** Every event of the log, as it happens; read models already show it. */
  readonly events = this.#events.asObservable();
  /** The feed is connected and complete again: what was fetched before may be outdated. */
  readonly caughtUp = this.#caughtUp.asObservable();

  constructor() {
    this.#connect();
    const hurry = (): void => this.#hurry();
    const seenOrHidden = (): void => {
      clearTimeout(this.#pauseTimer);
      if (document.visibilityState === 'visible') this.#hurry();
      else this.#pauseTimer = setTimeout(() => this.#pause(), hiddenMillisecondsBeforePause);
    };
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', seenOrHidden);
    inject(DestroyRef).onDestroy(() => {
      window.removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', seenOrHidden);
      clearTimeout(this.#timer);
      clearTimeout(this.#pauseTimer);
      clearTimeout(this.#silenceTimer);
      this.#stream?.close();
    });
  }

  #connect(): void {
    const since = this.#state().lastEventId;
    const stream = this.#open(since === null ? '/api/live' : `/api/live?lastEventId=${encodeURIComponent(since)}`);
    this.#stream = stream;
    stream.addEventListener('open', () => this.#take({ kind: 'opened' }));
    stream.addEventListener('error', () => this.#lost(stream));
    stream.addEventListener('event', (message) => {
      this.#take({ kind: 'event', id: message.lastEventId });
      const event = parse(message.data, isLoggedEvent);
      if (event) this.#events.next(event);
    });
    stream.addEventListener('progress', (message) => {
      const progress = parse(message.data, isProgress);
      if (!progress) return;
      this.#take({ kind: 'progress', progress, at: Date.now() });
      this.#expectMore(progress);
    });
    stream.addEventListener('caughtUp', () => this.#caughtUp.next());
  }

  /** A connection whose other end died without a word looks open for minutes. */
  #expectMore({ recordings }: LiveProgress): void {
    clearTimeout(this.#silenceTimer);
    if (recordings.length === 0) return;
    const since = Date.now();
    this.#silenceTimer = setTimeout(() => this.#take({ kind: 'lost', at: since }), silentMilliseconds);
  }

  #lost(stream: EventStream): void {
    if (stream !== this.#stream) return;
    if (stream.readyState !== closed) {
      this.#take({ kind: 'lost', at: Date.now() });
      return;
    }
    this.#take({ kind: 'closed', at: Date.now() });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#state().failures, Math.random()));
  }

  #pause(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silenceTimer);
    this.#stream?.close();
    this.#take({ kind: 'paused' });
  }

  /** The machine woke up or the network came back: retry at once. */
  #hurry(): void {
    if (document.visibilityState !== 'visible' || this.#stream?.readyState !== closed) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #take(message: FeedMessage): void {
    this.#state.update((state) => reduceFeed(state, message));
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isLoggedEvent = (value: unknown): value is LoggedEvent =>
  isObject(value) && typeof value['stream'] === 'string' && typeof value['type'] === 'string';
const isProgress = (value: unknown): value is LiveProgress => isObject(value) && Array.isArray(value['recordings']);

function parse<Message>(data: string, isMessage: (value: unknown) => value is Message): Message | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isMessage(value) ? value : undefined;
  } catch {
    // The message was cut off or comes from another server. The next one, or the fetch after `caughtUp`, replaces it.
    return undefined;
  }
}
