import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { EventStore, ExpectedRevision, NonEmptyArray, StreamName } from '../port.js';
import { at, event, ids, type MakeContext, withStore } from './context.testing.js';

interface Append {
  readonly stream: number;
  /** Indexes into a small pool of ids, so that repeats and conflicts are common. */
  readonly ids: readonly number[];
  readonly expected: ExpectedRevision;
}

const STREAMS = 3;
const POOL = 9;

/** A second, naive implementation of the append rules, over lists of ids. */
class Model {
  readonly streams = Array.from({ length: STREAMS }, (): number[] => []);
  readonly log: number[] = [];

  append({ stream, ids: added, expected }: Append): string {
    const current = at(this.streams, stream);
    const isKnown = added.map((id) => current.includes(id));
    if (expected === 'stream_exists' && current.length === 0) return 'wrong no_stream';
    const place = typeof expected === 'bigint' ? Number(expected) + 1 : expected === 'no_stream' ? 0 : undefined;
    const wrong = `wrong ${current.length === 0 ? 'no_stream' : current.length - 1}`;
    if (place === undefined) {
      if (isKnown.every(Boolean)) return `repeated ${current.indexOf(at(added, -1))}`;
    } else {
      if (place > current.length) return wrong;
      if (place < current.length) {
        const there = current.slice(place, place + added.length);
        if (there[0] !== added[0]) return wrong;
        return added.every((id, n) => id === there[n]) ? `repeated ${place + added.length - 1}` : 'conflict';
      }
    }
    if (isKnown.some(Boolean)) return 'conflict';
    current.push(...added);
    this.log.push(...added);
    return `stored ${current.length - 1}`;
  }
}

/** For adapters that process appends in the order of the calls. */
export function describeAgainstModel(makeContext: MakeContext): void {
  describe('against a model', () => {
    it(
      'any mixture of appends, one after another or simultaneous, gives the result of the rules',
      withStore(makeContext, async (store) => {
        const expected: fc.Arbitrary<ExpectedRevision> = fc.oneof(
          fc.constantFrom<ExpectedRevision>('any', 'no_stream', 'stream_exists'),
          fc.bigInt({ min: 0n, max: 6n }),
        );
        const append = fc.record({
          stream: fc.nat(STREAMS - 1),
          ids: fc.uniqueArray(fc.nat(POOL - 1), { minLength: 1, maxLength: 4 }),
          expected,
        });
        const rounds = fc.array(fc.array(append, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 });
        await fc.assert(
          fc.asyncProperty(rounds, (script) => play(store, script)),
          { numRuns: 120 },
        );
      }),
    );
  });
}

async function play(store: EventStore, rounds: readonly (readonly Append[])[]): Promise<void> {
  const run = randomUUID();
  const pool = Array.from({ length: POOL }, () => randomUUID());
  const nameOf = (stream: number): StreamName => `model-${run}-${stream}`;
  const start = await store.headPosition();
  const model = new Model();
  for (const round of rounds) {
    const outcomes = await Promise.all(round.map((append) => outcome(store, nameOf(append.stream), append, pool)));
    expect(outcomes).toEqual(round.map((append) => model.append(append)));
  }
  for (const [stream, there] of model.streams.entries()) {
    expect(await ids(store.readStream(nameOf(stream)))).toEqual(there.map((id) => pool[id]));
  }
  const written = store.readAll(start === undefined ? {} : { after: start });
  expect(await ids(written)).toEqual(model.log.map((id) => pool[id]));
}

async function outcome(store: EventStore, stream: StreamName, append: Append, pool: string[]): Promise<string> {
  const batch = append.ids.map((id) => event({ id: at(pool, id) })) as unknown as NonEmptyArray<
    ReturnType<typeof event>
  >;
  try {
    const { revision, alreadyAppended } = await store.append(stream, batch, append.expected);
    return `${alreadyAppended ? 'repeated' : 'stored'} ${revision}`;
  } catch (error) {
    const { code, actual } = error as { code: string; actual?: bigint | string };
    return code === 'event-store.event-id-conflict' ? 'conflict' : `wrong ${actual}`;
  }
}
