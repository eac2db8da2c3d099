import { beforeEach, describe, expect, it } from '@jest/globals';
import { type AppendResult, type EventStore, EventStoreUnavailable, MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling } from '../command-handling.js';
import type { Reaction } from '../context/reaction.js';
import { roles } from '../context/role.js';
import type { ReadEvent } from '../event-registry.js';
import { collect, command, registry, Till, type TillEvent } from '../scenario.testing.js';
import { asRestored } from '../restored.js';
import { ReactionHealth } from './reaction-watch.js';
import { ReactionRunner, type ReactionRunnerOptions } from './reaction-runner.js';

const logger = { info: () => {}, warn: () => {}, error: () => {} };
const enough = 5000;

async function pay(store: EventStore, ...amounts: number[]): Promise<void> {
  const handling = new CommandHandling({ store, registry });
  for (const amount of amounts) {
    const what = { pay: 'in', amount } as const;
    await handling.handle({ stream: 'till-1', decider: new Till(), command: what, metadata: command() });
  }
}

/** A log that can become unavailable: nothing can be noted then. */
class Log extends MemoryEventStore {
  isAway = false;
  readonly wasAskedInVain = Promise.withResolvers<void>();

  override async append(...request: Parameters<EventStore['append']>): Promise<AppendResult> {
    if (!this.isAway) return super.append(...request);
    this.wasAskedInVain.resolve();
    throw new EventStoreUnavailable('not there');
  }
}

/** Writes down what is paid in. */
class WritesDown implements Reaction {
  readonly name: string = 'write-down-what-is-paid-in';
  readonly role = 'projector';
  readonly filter = { categories: ['till'] };
  readonly from: Reaction['from'] = 'start';
  readonly seen: number[] = [];
  fails: (amount: number) => boolean = () => false;
  onFailure: NonNullable<Reaction['onFailure']> = () => 'retry';

  async handle(event: ReadEvent): Promise<void> {
    const { amount } = (event as ReadEvent<TillEvent>).data;
    if (this.fails(amount)) throw new Error(`No room for ${amount}.`);
    this.seen.push(amount);
  }
}

class FromNowOn extends WritesDown {
  override readonly name = 'write-down-from-now-on';
  override readonly from = 'end';
}

describe('reactions', () => {
  let store: Log;
  beforeEach(() => {
    store = new Log();
  });

  const runner = (reaction: Reaction, options: Partial<ReactionRunnerOptions> = {}): ReactionRunner => {
    const backoff = { firstMs: 1, maxMs: 2 };
    const made = new ReactionRunner({
      store,
      registry,
      reactions: [reaction],
      roles: new Set(roles),
      logger,
      backoff,
      ...options,
    });
    made.start();
    return made;
  };
  const notes = () => collect(store.readStream('reaction-write-down-what-is-paid-in'));
  /** After this, nothing more is noted. */
  const kill = async (running: ReactionRunner): Promise<void> => {
    store.isAway = true;
    await running.stop();
    store.isAway = false;
  };

  it('handle existing and new events, and continue after a restart without doing anything twice', async () => {
    await pay(store, 1, 2);
    const first = new WritesDown();
    const before = runner(first);
    expect(await before.waitForNonStale(enough)).toBe(true);
    await pay(store, 3);
    expect(await before.waitForNonStale(enough)).toBe(true);
    await before.stop();
    await pay(store, 4);
    const second = new WritesDown();
    const after = runner(second);
    expect(await after.waitForNonStale(enough)).toBe(true);
    await after.stop();
    expect([first.seen, second.seen]).toEqual([[1, 2, 3], [4]]);
  });

  it('pass over what came back from files: what was to be done about it was done then', async () => {
    await pay(store, 1);
    const [first] = await collect(store.readStream('till-1'));
    const { id: _id, type, version, data, metadata } = first!;
    const restored = { id: '00000000-0000-4000-8000-0000000000aa', type, version, data };
    await store.append(
      'till-2',
      [{ ...restored, metadata: asRestored(metadata, '2020-01-01T00:00:00.000Z') }],
      'no_stream',
    );
    await pay(store, 2);
    const reaction = new WritesDown();
    const running = runner(reaction);
    expect(await running.waitForNonStale(enough)).toBe(true);
    await running.stop();
    expect(reaction.seen).toEqual([1, 2]);
  });

  it('handle again what was not noted when the process was killed, in order, and nothing before that', async () => {
    await pay(store, 1, 2);
    const orderly = runner(new WritesDown());
    await orderly.waitForNonStale(enough);
    await orderly.stop();
    await pay(store, 3, 4);
    const killed = runner(new WritesDown(), { noteAfterMs: 3_600_000 });
    await killed.waitForNonStale(enough);
    await kill(killed);
    const second = new WritesDown();
    const after = runner(second);
    expect(await after.waitForNonStale(enough)).toBe(true);
    await after.stop();
    expect(second.seen).toEqual([3, 4]);
  });

  it('that begin at the end miss nothing from then on, killed or not', async () => {
    await pay(store, 1);
    const first = new FromNowOn();
    const before = runner(first, { noteAfterMs: 3_600_000 });
    await before.waitForNonStale(enough);
    await kill(before);
    await pay(store, 2, 3);
    const second = new FromNowOn();
    const after = runner(second);
    expect(await after.waitForNonStale(enough)).toBe(true);
    await after.stop();
    expect([first.seen, second.seen]).toEqual([[], [2, 3]]);
  });

  it('find their place in a copy of the log, where events have other positions', async () => {
    await pay(store, 1, 2);
    const before = runner(new WritesDown());
    await before.waitForNonStale(enough);
    await before.stop();
    const original = store;
    store = new Log();
    // An event before all others shifts the positions.
    await new CommandHandling({ store, registry }).handle({
      stream: 'other-1',
      decider: new Till(),
      command: { pay: 'in', amount: 9 },
      metadata: command(),
    });
    for await (const { id, type, version, data, metadata, stream } of original.readAll())
      await store.append(stream, [{ id, type, version, data, metadata }], 'any');
    await pay(store, 3);
    const second = new WritesDown();
    const after = runner(second);
    expect(await after.waitForNonStale(enough)).toBe(true);
    await after.stop();
    expect(second.seen).toEqual([3]);
  });

  it('retry an event until it works', async () => {
    await pay(store, 1, 2);
    const reaction = new WritesDown();
    let left = 3;
    reaction.fails = (amount) => amount === 1 && left-- > 0;
    const running = runner(reaction);
    expect(await running.waitForNonStale(enough)).toBe(true);
    expect(reaction.seen).toEqual([1, 2]);
    expect(new ReactionHealth(running).check()).toEqual({ status: 'ok' });
    await running.stop();
  });

  it('say which event they are stuck at', async () => {
    await pay(store, 1);
    const reaction = new WritesDown();
    reaction.fails = () => true;
    const failed = Promise.withResolvers<void>();
    reaction.onFailure = (_error, _event, attempt) => {
      if (attempt === 2) failed.resolve();
      return 'retry';
    };
    const running = runner(reaction);
    await failed.promise;
    expect(running.status()).toMatchObject([
      { state: 'retrying', error: 'No room for 1.', failedEvent: { stream: 'till-1' } },
    ]);
    expect(running.status()[0]?.lagSeconds).toBeGreaterThan(0);
    expect(new ReactionHealth(running).check()).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('No room for 1.'),
    });
    await running.stop();
  });

  it('skip an event if they decide so, and do not meet it again', async () => {
    await pay(store, 1, 2, 3);
    const first = new WritesDown();
    first.fails = (amount) => amount === 3;
    first.onFailure = (_error, _event, attempt) => (attempt < 3 ? 'retry' : 'skip');
    const before = runner(first);
    expect(await before.waitForNonStale(enough)).toBe(true);
    expect(before.status()).toMatchObject([{ skipped: 1, state: 'live' }]);
    await before.stop();
    const second = new WritesDown();
    const after = runner(second);
    await after.waitForNonStale(enough);
    await after.stop();
    expect([first.seen, second.seen]).toEqual([[1, 2], []]);
  });

  it('stop at an event if they decide so, and meet it again at the next start', async () => {
    await pay(store, 1, 2);
    const reaction = new WritesDown();
    const stopped = Promise.withResolvers<void>();
    reaction.fails = (amount) => amount === 2;
    reaction.onFailure = () => {
      stopped.resolve();
      return 'stop';
    };
    const running = runner(reaction);
    await stopped.promise;
    await running.stop();
    expect(running.status()).toMatchObject([{ state: 'stopped', error: 'No room for 2.' }]);
    expect(new ReactionHealth(running).check().status).toBe('warn');
    reaction.fails = () => false;
    running.start();
    expect(await running.waitForNonStale(enough)).toBe(true);
    await running.stop();
    expect(reaction.seen).toEqual([1, 2]);
  });

  it('run only if the process has their role', async () => {
    await pay(store, 1);
    const reaction = new WritesDown();
    const running = runner(reaction, { roles: new Set(['api']) });
    expect(await running.waitForNonStale(enough)).toBe(true);
    await running.stop();
    expect(reaction.seen).toEqual([]);
    expect(running.status()).toEqual([]);
    expect(await notes()).toEqual([]);
  });

  it("continue from another process's place, without conflict", async () => {
    await pay(store, 1);
    const [one, other] = [new WritesDown(), new WritesDown()];
    const running = [runner(one, { noteAfterMs: 1 }), runner(other, { noteAfterMs: 1 })];
    await pay(store, 2, 3);
    for (const each of running) expect(await each.waitForNonStale(enough)).toBe(true);
    await pay(store, 4);
    for (const each of running) expect(await each.waitForNonStale(enough)).toBe(true);
    for (const each of running) await each.stop();
    for (const { seen } of [one, other])
      expect(new Set([...one.seen, ...other.seen, ...seen])).toEqual(new Set([1, 2, 3, 4]));
    const revisions = (await notes()).map(({ data }) => Number(data['revision']));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  });

  it('wait out an unavailable log', async () => {
    await pay(store, 1);
    store.isAway = true;
    const reaction = new FromNowOn();
    const running = runner(reaction);
    await store.wasAskedInVain.promise;
    store.isAway = false;
    expect(await running.waitForNonStale(enough)).toBe(true);
    await pay(store, 2);
    expect(await running.waitForNonStale(enough)).toBe(true);
    await running.stop();
    expect(reaction.seen).toEqual([2]);
  });

  it('have unique names, and do not follow their own notes', () => {
    const made = (reactions: Reaction[]) => () =>
      new ReactionRunner({ store, registry, reactions, roles: new Set(roles), logger });
    expect(made([new WritesDown(), new WritesDown()])).toThrow('same name');
    expect(made([Object.assign(new WritesDown(), { filter: { categories: ['reaction'] } })])).toThrow('would follow');
    expect(made([Object.assign(new WritesDown(), { filter: {} })])).toThrow('would follow');
  });
});
