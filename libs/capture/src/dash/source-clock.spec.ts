import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../session/clock.js';
import type { GetOptions } from '../session/http-client.js';
import type { BodyReceiver } from '../session/http-exchange.js';
import { SourceClock } from './source-clock.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const askUrl = 'https://clock.example/now';
const options = { headers: {}, signal: new AbortController().signal };

/** A web with one clock in it. Each answer takes two seconds of a time that nothing else moves. */
class World {
  nowMs = NOW;
  readonly asked: string[] = [];
  answer: { readonly date?: string; readonly body?: string } | undefined;
  readonly clock: Clock = {
    now: () => this.nowMs,
    sleep: () => Promise.resolve(),
    every: () => () => undefined,
    random: () => 0,
  };
  readonly source = new SourceClock({ getBody: (...request) => this.#answered(...request) }, this.clock);

  #answered(address: string, _options: GetOptions, { data, start }: BodyReceiver): Promise<string> {
    this.asked.push(address);
    this.nowMs += 2000;
    if (this.answer === undefined) return Promise.reject(new Error('It does not answer'));
    const { date, body = '' } = this.answer;
    try {
      start?.({ ...(date !== undefined && { date }) }, { pause: () => undefined, resume: () => undefined });
      for (let at = 0; at < body.length; at += 500) data(Buffer.from(body.slice(at, at + 500)));
      return Promise.resolve(address);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  get aheadMs(): number {
    return this.source.now() - this.nowMs;
  }
}

describe('the clock of a source', () => {
  it('is that of this machine if the source names none', async () => {
    const world = new World();
    await world.source.setBy(undefined, options);
    expect([world.aheadMs, world.asked]).toEqual([0, []]);
  });

  it('goes by the time in the manifest', async () => {
    const world = new World();
    await world.source.setBy({ instantMs: NOW + 7 * MINUTE }, options);
    expect([world.aheadMs, world.asked]).toEqual([7 * MINUTE, []]);
  });

  it.each([
    ['body', { body: '2026-03-01T12:07:01Z\n' }],
    ['header', { date: 'Sun, 01 Mar 2026 12:07:01 GMT', body: 'whatever' }],
  ] as const)('goes by the answer at the address that the manifest names: its %s', async (by, answer) => {
    const world = new World();
    world.answer = answer;
    await world.source.setBy({ askUrl, by }, options);
    // The time was read in the middle of the two seconds that the answer took.
    expect([world.aheadMs, world.asked]).toEqual([7 * MINUTE, [askUrl]]);
  });

  it('is asked for every ten minutes, and keeps what it was told meanwhile', async () => {
    const world = new World();
    const ask = () => world.source.setBy({ askUrl, by: 'body' }, options);
    world.answer = { body: '2026-03-01T12:07:01Z' };
    await ask();
    world.nowMs = NOW + 9 * MINUTE;
    await ask();
    expect([world.aheadMs, world.asked.length]).toEqual([7 * MINUTE, 1]);
    world.nowMs = NOW + 10 * MINUTE;
    world.answer = { body: '2026-03-01T12:12:01Z' };
    await ask();
    expect([world.aheadMs, world.asked.length]).toEqual([2 * MINUTE, 2]);
  });

  it.each([
    ['nothing', undefined],
    ['nonsense', { body: 'half past three' }],
    ['a book', { body: `2026-03-01T12:07:01Z${' '.repeat(100_000)}` }],
    ['a date far beyond the calendar', { body: `${'9'.repeat(60)}-01-01T00:00:00Z` }],
  ])('stays as it was if the address answers with %s, and nothing fails', async (_what, answer) => {
    const world = new World();
    await world.source.setBy({ instantMs: NOW + MINUTE }, options);
    world.answer = answer;
    await world.source.setBy({ askUrl, by: 'body' }, options);
    expect([world.aheadMs, world.asked.length]).toEqual([MINUTE, 1]);
  });
});
