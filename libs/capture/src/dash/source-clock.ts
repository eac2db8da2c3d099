import type { Clock } from '../session/clock.js';
import type { GetOptions, HttpClient } from '../session/http-client.js';
import { instantOf } from './mpd-values.js';
import type { ClockSource } from './manifest.js';

const ASKED_EVERY_MS = 600_000;
const ANSWER_SECONDS = 5;
const LONGEST_ANSWER = 1000;

/** The time by the clock that a source names. Without one, or if it cannot be reached, this machine's own time. */
export class SourceClock {
  #aheadMs = 0;
  #askedAtMs = -Infinity;

  constructor(
    private readonly http: Pick<HttpClient, 'getBody'>,
    private readonly clock: Clock,
  ) {}

  now(): number {
    return this.clock.now() + this.#aheadMs;
  }

  async setBy(source: ClockSource | undefined, options: Pick<GetOptions, 'headers' | 'signal'>): Promise<void> {
    if (source === undefined) return;
    const now = this.clock.now();
    if ('instantMs' in source) {
      this.#aheadMs = source.instantMs - now;
      return;
    }
    if (now - this.#askedAtMs < ASKED_EVERY_MS) return;
    this.#askedAtMs = now;
    const told = await this.#ask(source, options);
    // The answer arrives half a round trip after its time was read.
    if (told !== undefined) this.#aheadMs = told - (now + this.clock.now()) / 2;
  }

  async #ask(
    { askUrl, by }: Extract<ClockSource, { readonly askUrl: string }>,
    options: Pick<GetOptions, 'headers' | 'signal'>,
  ): Promise<number | undefined> {
    let date: string | undefined;
    let body = '';
    try {
      await this.http.getBody(
        askUrl,
        { ...options, totalSeconds: ANSWER_SECONDS },
        {
          start: (headers) => {
            date = typeof headers['date'] === 'string' ? headers['date'] : undefined;
          },
          data: (chunk) => {
            body += chunk.toString('latin1');
            if (body.length > LONGEST_ANSWER) throw new Error('That is not a time');
          },
        },
      );
    } catch {
      // The clock does not answer: this machine's time is used, and the clock is asked again later.
      return undefined;
    }
    const told = by === 'body' ? instantOf(body) : Date.parse(date ?? '');
    return told === undefined || Number.isNaN(told) ? undefined : told;
  }
}
