import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling } from './command-handling.js';
import { ConcurrencyConflict } from './domain-error.js';
import {
  command,
  eventsOf,
  InterferedStore,
  NotEnoughInTill,
  registry,
  Till,
  type TillCommand,
} from './scenario.testing.js';

const stream = 'till-1';
const payIn = (amount: number): TillCommand => ({ pay: 'in', amount });
const payOut = (amount: number): TillCommand => ({ pay: 'out', amount });

describe('CommandHandling', () => {
  let store: InterferedStore;
  let handling: CommandHandling;
  let till: Till;
  const pay = (what: TillCommand, metadata = command(), on = handling) =>
    on.handle({ stream, decider: till, command: what, metadata });

  beforeEach(() => {
    store = new InterferedStore();
    handling = new CommandHandling({ store, registry });
    till = new Till();
  });

  it('folds, decides and appends', async () => {
    expect(await pay(payIn(10))).toMatchObject({ state: { balance: 10 }, revision: 0n, repeated: false });
    const out = await pay(payOut(4));
    expect(out).toMatchObject({
      previousState: { balance: 10 },
      state: { balance: 6 },
      events: [{ type: 'PaidOut', data: { amount: 4 } }],
      revision: 1n,
      position: await store.headPosition(),
    });
    expect((await eventsOf(store, stream)).map(({ type }) => type)).toEqual(['PaidIn', 'PaidOut']);
  });

  it('passes a refusal on and writes nothing', async () => {
    await pay(payIn(1));
    await expect(pay(payOut(2))).rejects.toThrow(NotEnoughInTill);
    expect(await store.headRevision(stream)).toBe(0n);
  });

  it("writes nothing if there is nothing to do, and reports the stream's head", async () => {
    expect(await pay(payIn(0))).toMatchObject({ events: [], revision: undefined, position: undefined });
    await pay(payIn(1));
    const idle = await pay(payIn(0));
    expect(idle).toMatchObject({ events: [], revision: 0n, position: await store.headPosition() });
  });

  it('decides again after losing a race, on the new state', async () => {
    await pay(payIn(10));
    const other = new CommandHandling({ store, registry });
    store.beforeAppend = async () => void (await pay(payOut(7), command(), other));
    await expect(pay(payOut(7))).rejects.toThrow(NotEnoughInTill);
    store.beforeAppend = async () => void (await pay(payIn(7), command(), other));
    expect(await pay(payOut(2))).toMatchObject({ previousState: { balance: 10 }, state: { balance: 8 } });
  });

  it('gives up a race it keeps losing', async () => {
    const other = new CommandHandling({ store, registry });
    const interfere = async (): Promise<void> => {
      await pay(payIn(1), command(), other);
      store.beforeAppend = interfere;
    };
    store.beforeAppend = interfere;
    const lost = handling.handle({ stream, decider: till, command: payIn(1), metadata: command(), retries: 2 });
    await expect(lost).rejects.toThrow(ConcurrencyConflict);
    expect(await store.headRevision(stream)).toBe(2n);
  });

  it('handles each of many simultaneous commands, one after another', async () => {
    await Promise.all(Array.from({ length: 50 }, () => pay(payIn(1))));
    const racing = Array.from({ length: 60 }, () =>
      pay(payOut(1)).then(
        () => 'paid',
        (error: unknown) => error,
      ),
    );
    const outcomes = await Promise.all(racing);
    expect(outcomes.filter((outcome) => outcome === 'paid')).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome instanceof NotEnoughInTill)).toHaveLength(10);
  });

  it("refuses if the caller's expectation does not hold", async () => {
    const create = { stream, decider: till, command: payIn(5), expected: 'no_stream' } as const;
    const metadata = command();
    await handling.handle({ ...create, metadata });
    await expect(handling.handle({ ...create, metadata: command() })).rejects.toThrow(ConcurrencyConflict);
    await expect(handling.handle({ ...create, expected: 3n, metadata: command() })).rejects.toThrow(
      ConcurrencyConflict,
    );
    const missing = { ...create, stream: 'till-2', expected: 'stream_exists', metadata: command() } as const;
    await expect(handling.handle(missing)).rejects.toThrow(ConcurrencyConflict);
    expect(await handling.handle({ ...create, expected: 0n, metadata: command() })).toMatchObject({ revision: 1n });
    expect(await handling.handle({ ...create, metadata })).toMatchObject({ revision: 0n, repeated: true });
  });

  describe('a repeated command', () => {
    it('gets the first answer again, whatever happened since', async () => {
      await pay(payIn(10));
      const metadata = command();
      const first = await pay(payOut(8), metadata);
      await pay(payOut(1));
      const again = await pay(payOut(8), metadata);
      expect(again).toMatchObject({
        previousState: first.previousState,
        state: first.state,
        events: [{ type: 'PaidOut', data: { amount: 8 } }],
        revision: first.revision,
        position: first.position,
        repeated: true,
      });
      expect(await store.headRevision(stream)).toBe(2n);
    });

    it('is recognized if the first attempt was written but never answered', async () => {
      store.afterAppend = () => Promise.reject(new EventStoreUnavailable('the connection broke'));
      const metadata = command();
      await expect(pay(payIn(3), metadata)).rejects.toThrow(EventStoreUnavailable);
      expect(await pay(payIn(3), metadata)).toMatchObject({ state: { balance: 3 }, repeated: true });
      expect(await eventsOf(store, stream)).toHaveLength(1);
    });

    it('is recognized while the first attempt is still running elsewhere', async () => {
      const other = new CommandHandling({ store, registry });
      const metadata = command();
      store.beforeAppend = async () => void (await pay(payIn(3), metadata, other));
      expect(await pay(payIn(3), metadata)).toMatchObject({ state: { balance: 3 }, repeated: true });
      expect(await eventsOf(store, stream)).toHaveLength(1);
    });

    it('is recognized on a long stream that is not read again', async () => {
      const metadata = command();
      await pay(payIn(1), metadata);
      for (let round = 0; round < 300; round++) await pay(payIn(1));
      expect(await pay(payIn(1), metadata)).toMatchObject({ state: { balance: 1 }, revision: 0n, repeated: true });
    });
  });

  describe('a long stream', () => {
    beforeEach(async () => {
      for (let round = 0; round < 300; round++) await pay(payIn(1));
    });

    it('is read only where it is new', async () => {
      store.streamReads = [];
      till.evolved = 0;
      expect(await pay(payOut(1))).toMatchObject({ state: { balance: 299 }, revision: 300n });
      expect(store.streamReads).toEqual([`${stream}@300`]);
      expect(till.evolved).toBe(1);
    });

    it('includes what others appended meanwhile', async () => {
      await pay(payIn(50), command(), new CommandHandling({ store, registry }));
      expect(await pay(payOut(350))).toMatchObject({ state: { balance: 0 }, revision: 301n });
    });

    it('is not confused by another decider on the same stream', async () => {
      const stingy = new (class extends Till {
        override initialState() {
          return { balance: -1000 };
        }
      })();
      const refused = handling.handle({ stream, decider: stingy, command: payOut(1), metadata: command() });
      await expect(refused).rejects.toThrow(NotEnoughInTill);
    });
  });

  it('follows the head of a stream whose events retention has hidden', async () => {
    await pay(payIn(10));
    await pay(payIn(10));
    await store.setStreamMetadata(stream, { truncateBefore: 2n });
    const after = new CommandHandling({ store, registry });
    expect(await pay(payIn(1), command(), after)).toMatchObject({ previousState: { balance: 0 }, revision: 2n });
  });

  it('knows the state at the head without reading again what it has read', async () => {
    await pay(payIn(10));
    store.streamReads = [];
    expect(await handling.current({ stream, decider: till })).toMatchObject({ state: { balance: 10 }, revision: 0n });
    await pay(payIn(5), command(), new CommandHandling({ store, registry }));
    store.streamReads = [];
    expect(await handling.current({ stream, decider: till })).toMatchObject({ state: { balance: 15 }, revision: 1n });
    expect(store.streamReads).toEqual([`${stream}@1`]);
  });

  it('loads a state as it was, with what led there', async () => {
    await pay(payIn(10));
    await pay(payOut(3));
    await pay(payOut(3));
    expect(await handling.load({ stream, decider: till, to: 1n })).toMatchObject({
      state: { balance: 7 },
      revision: 1n,
      events: [
        { type: 'PaidIn', revision: 0n },
        { type: 'PaidOut', revision: 1n },
      ],
    });
    expect(await handling.load({ stream, decider: till })).toMatchObject({ state: { balance: 4 }, revision: 2n });
    expect(await handling.load({ stream: 'till-none', decider: till })).toEqual({
      state: { balance: 0 },
      revision: undefined,
      events: [],
    });
  });

  it('reports an unavailable store as such', async () => {
    const closed = new MemoryEventStore();
    await closed.close();
    await expect(pay(payIn(1), command(), new CommandHandling({ store: closed, registry }))).rejects.toThrow(
      EventStoreUnavailable,
    );
  });
});
