import { beforeEach, describe, expect, it } from '@jest/globals';
import { BlockPool } from '../memory/block-pool.js';
import { FetchBudget } from './fetch-budget.js';
import { ReceivedBody } from './received-body.js';

let budget: FetchBudget;
/** What the sender of the body does. */
let sender: { paused: boolean; atOnce: Buffer[] };

const bytes = (count: number): Buffer => Buffer.alloc(count);

function body(): ReceivedBody {
  const made = new ReceivedBody(budget, new BlockPool());
  const mine = sender;
  made.from({
    pause: () => {
      mine.paused = true;
    },
    resume: () => {
      mine.paused = false;
      for (const chunk of mine.atOnce.splice(0)) made.add(chunk);
    },
  });
  return made;
}

beforeEach(() => {
  budget = new FetchBudget({ flushBytes: 100, writeBytes: 400, bufferBytes: 1000, totalBufferBytes: 2000 });
  sender = { paused: false, atOnce: [] };
});

describe('a body being received', () => {
  it('holds its share, and then holds its sender back until it is taken', () => {
    const received = body();
    received.add(bytes(999));
    expect(sender.paused).toBe(false);
    received.add(bytes(1));
    expect(sender.paused).toBe(true);

    received.take();
    expect(sender.paused).toBe(false);
  });

  it("holds less if the memory is full and it is not its turn, and one write's worth if it is", () => {
    budget.note(2000);
    const received = body();
    received.add(bytes(25));
    expect(sender.paused).toBe(true);

    expect(received.await()).toBe(true);
    expect(sender.paused).toBe(false);
    received.add(bytes(74));
    expect(sender.paused).toBe(false);
    received.add(bytes(1));
    expect(sender.paused).toBe(true);
  });

  it('says that it was held back, because letting it go may bring bytes at once', () => {
    budget.note(2000);
    const received = body();
    sender.atOnce.push(bytes(80));
    received.add(bytes(25));

    expect(received.await()).toBe(true);
    expect(received.bytes).toBe(105);
    received.take();
    expect(received.await()).toBe(false);
  });

  it('counts as used memory until it is written', () => {
    const received = body();
    received.add(bytes(600));
    const other = body();
    other.add(bytes(900));
    const taken = received.take();
    other.add(bytes(600));
    expect(budget.hasRoom).toBe(false);

    received.written(taken);
    expect(budget.hasRoom).toBe(true);
  });

  it('no longer counts once it is given up', () => {
    const received = body();
    received.add(bytes(2000));
    expect(budget.hasRoom).toBe(false);
    received.clear();
    expect(budget.hasRoom).toBe(true);
  });
});
