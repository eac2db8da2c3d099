import type { LiveProgress, LoggedEvent } from '@streamvault/api-contract';
import { OPEN_EVENT_STREAM, type EventStream } from '../src/app/feed/live-feed';

/** An `EventSource` in the test's hands. */
export class FakeEventStream implements EventStream {
  static readonly closed = 2;
  readyState = 0;
  readonly #listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();

  constructor(readonly url: string) {}

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.readyState = FakeEventStream.closed;
  }

  /** The server accepted it. */
  open(): void {
    this.readyState = 1;
    this.say('open', '');
  }

  /** The connection broke; the browser tries again by itself. */
  breakOff(): void {
    this.readyState = 0;
    this.say('error', '');
  }

  /** The server answered something that is not a stream; the browser has given up. */
  refuse(): void {
    this.readyState = FakeEventStream.closed;
    this.say('error', '');
  }

  event(event: LoggedEvent): void {
    this.say('event', JSON.stringify(event), event.position);
  }

  progress(progress: LiveProgress): void {
    this.say('progress', JSON.stringify(progress));
  }

  caughtUp(): void {
    this.say('caughtUp', '{}');
  }

  say(type: string, data: string, lastEventId = ''): void {
    const message = new MessageEvent<string>(type, { data, lastEventId });
    for (const listener of this.#listeners.get(type) ?? []) listener(message);
  }
}

/** Every stream the console opened, the latest last, and the provider that hands them out. */
export function fakeFeed() {
  const streams: FakeEventStream[] = [];
  const open = (url: string): FakeEventStream => {
    const stream = new FakeEventStream(url);
    streams.push(stream);
    return stream;
  };
  return {
    streams,
    provider: { provide: OPEN_EVENT_STREAM, useValue: open },
    get latest(): FakeEventStream {
      const latest = streams.at(-1);
      if (!latest) throw new Error('No event stream has been opened.');
      return latest;
    },
  };
}
