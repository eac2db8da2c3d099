import { describe, expect, it } from '@jest/globals';
import { OpenEnd } from './open-end.js';

describe('OpenEnd', () => {
  it('accepts a body that lasts about as long as stated', () => {
    expect(new OpenEnd().judge(1000, 2, 2)).toBeUndefined();
    expect(new OpenEnd().judge(1000, 1.3, 2)).toBeUndefined();
    expect(new OpenEnd().judge(1000, 9, 2)).toBeUndefined();
  });

  it('does not accept one that is clearly short, or too short to tell', () => {
    expect(new OpenEnd().judge(1000, 1, 2)).toBe('it ended after 1.0 of 2.0 seconds, and its length was not announced');
    expect(new OpenEnd().judge(1000, undefined, 2)).toContain('0.0 of 2.0 seconds');
  });

  it('does not miss a frame', () => {
    expect(new OpenEnd().judge(1000, 0.04, 0.2)).toBeUndefined();
  });

  it('accepts a body as complete if it comes twice with the same length, but not if it is short in another place', () => {
    const openEnd = new OpenEnd();
    expect(openEnd.judge(1000, 1, 2)).toBeDefined();
    expect(openEnd.judge(900, 0.9, 2)).toBeDefined();
    expect(openEnd.judge(1000, 1, 2)).toBeUndefined();
  });
});
