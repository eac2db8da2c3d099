import { describe, expect, it } from '@jest/globals';
import { FetchBudget } from './fetch-budget.js';

const settings = { flushBytes: 100, writeBytes: 400, bufferBytes: 1000, totalBufferBytes: 4000 };

describe('the memory for segments being fetched', () => {
  it('goes to a few in full, is shared by many, and is never less than one write', () => {
    const budget = new FetchBudget(settings);
    expect(budget.share).toBe(1000);
    const shares = Array.from({ length: 100 }, () => {
      budget.begin();
      return budget.share;
    });
    expect(shares.slice(0, 4)).toEqual([1000, 1000, 1000, 1000]);
    expect(shares[7]).toBe(500);
    expect(shares[39]).toBe(100);
    expect(shares[99]).toBe(100);
  });

  it('is crowded when each fetch has only what it needs', () => {
    const budget = new FetchBudget(settings);
    const ends = Array.from({ length: 39 }, () => budget.begin());
    expect(budget.isCrowded).toBe(false);
    ends.push(budget.begin());
    expect(budget.isCrowded).toBe(true);
    ends[0]?.();
    expect(budget.isCrowded).toBe(false);
  });

  it('is given back once, however often that is called', () => {
    const budget = new FetchBudget(settings);
    const ends = Array.from({ length: 8 }, () => budget.begin());
    for (const end of ends.slice(0, 4)) {
      end();
      end();
    }
    expect(budget.share).toBe(1000);
    for (let count = 0; count < 4; count += 1) budget.begin();
    expect(budget.share).toBe(500);
  });

  it('is full when all fetches together hold that much, and has room again when one holds less', () => {
    const budget = new FetchBudget(settings);
    budget.note(3000);
    expect(budget.hasRoom).toBe(true);
    budget.note(1000);
    expect(budget.hasRoom).toBe(false);
    budget.note(-1);
    expect(budget.hasRoom).toBe(true);
  });
});
