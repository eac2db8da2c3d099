import { describe, expect, it } from '@jest/globals';
import { Beginnings } from './beginnings.js';

describe('captures that begin', () => {
  it('make others that begin wait until they have something', () => {
    const beginnings = new Beginnings();
    expect(beginnings.isAny(0, 0)).toBe(false);
    const first = beginnings.begin(0);
    const second = beginnings.begin(500);
    expect(beginnings.isAny(600, 0)).toBe(true);
    first();
    expect(beginnings.isAny(600, 0)).toBe(true);
    second();
    second();
    expect(beginnings.isAny(600, 0)).toBe(false);
  });

  it('are not waited for long, and never by a capture that has been running for a while', () => {
    const beginnings = new Beginnings();
    beginnings.begin(1000);
    expect(beginnings.isAny(2900, 1000)).toBe(true);
    expect(beginnings.isAny(2900, 899)).toBe(false);
    expect(beginnings.isAny(3000, 2000)).toBe(false);
  });
});
