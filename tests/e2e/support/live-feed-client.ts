import { liveProgress, loggedEvent, type LiveProgress, type LoggedEvent } from '@streamvault/api-contract';
import { within } from './until.js';

export interface FeedMessage {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: unknown;
  /** `performance.now()` when it came. */
  readonly receivedAt: number;
}

/** Reads `GET /api/live` like a browser's EventSource, but without reconnecting (WHATWG HTML, section 9.2). */
export class LiveFeedClient {
  readonly messages: FeedMessage[] = [];
  /** Settles when the server (or its death) ended the connection. */
  readonly ended: Promise<void>;
  readonly #leave: AbortController;
  #waiting: (() => void)[] = [];

  private constructor(body: ReadableStream<Uint8Array>, leave: AbortController) {
    this.#leave = leave;
    this.ended = this.#read(body);
  }

  static async connect(
    address: string,
    signedIn: Readonly<Record<string, string>>,
    lastEventId?: string,
  ): Promise<LiveFeedClient> {
    const leave = new AbortController();
    const headers = { ...signedIn, ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }) };
    const answer = await fetch(`${address}/api/live`, { headers, signal: leave.signal });
    if (answer.status !== 200 || !answer.body) throw new Error(`The live feed answers ${answer.status}.`);
    return new LiveFeedClient(answer.body, leave);
  }

  /** The events of the log, checked against their schema, in the order in which they came. */
  get events(): LoggedEvent[] {
    return this.messages.filter(({ name }) => name === 'event').map(({ data }) => loggedEvent.parse(data));
  }

  get progress(): (LiveProgress & { readonly receivedAt: number })[] {
    return this.messages
      .filter(({ name }) => name === 'progress')
      .map(({ data, receivedAt }) => ({ ...liveProgress.parse(data), receivedAt }));
  }

  get lastEventId(): string | undefined {
    return this.messages.findLast(({ id }) => id !== undefined)?.id;
  }

  /** The first message of that kind, including past ones. */
  async next(what: string, matches: (message: FeedMessage) => boolean, seconds = 30): Promise<FeedMessage> {
    return within(seconds, what, this.#find(matches));
  }

  /** The first event of that type (for that recording), including past ones. */
  async event(type: string, { recordingId, seconds }: { recordingId?: number; seconds?: number } = {}) {
    const matches = ({ name, data }: FeedMessage) => {
      if (name !== 'event') return false;
      const event = loggedEvent.parse(data);
      return event.type === type && (recordingId === undefined || event.stream === `recording-${recordingId}`);
    };
    return loggedEvent.parse((await this.next(`the feed told of ${type}`, matches, seconds)).data);
  }

  async close(): Promise<void> {
    this.#leave.abort();
    await this.ended;
  }

  async #find(matches: (message: FeedMessage) => boolean): Promise<FeedMessage> {
    let index = 0;
    for (;;) {
      for (; index < this.messages.length; index += 1) {
        const message = this.messages[index];
        if (message && matches(message)) return message;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // We left, or the server died: the connection is over either way, and what had come is kept.
    }
  }

  #take(block: string): void {
    const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line)?.slice(1) ?? []);
    const valueOf = (field: string) => fields.find(([name]) => name === field)?.[1];
    const data = valueOf('data');
    if (data === undefined) return;
    this.messages.push({
      id: valueOf('id'),
      name: valueOf('event') ?? 'message',
      data: JSON.parse(data),
      receivedAt: performance.now(),
    });
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
