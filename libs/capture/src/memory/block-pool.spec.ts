import { describe, expect, it } from '@jest/globals';
import { BLOCK_BYTES, BlockPool, PAGE_BYTES } from './block-pool.js';

describe('blocks', () => {
  it('are used again once all holders have given them back', () => {
    const pool = new BlockPool();
    const first = pool.take();
    first.hold();
    first.release();
    expect(pool.take()).not.toBe(first);
    first.release();
    expect(pool.take()).toBe(first);
  });

  it('are as many as requested, each with its own memory on whole pages', () => {
    const pool = new BlockPool();
    const blocks = Array.from({ length: 100 }, () => pool.take());
    for (const [index, { bytes }] of blocks.entries()) bytes.fill(index);
    expect(
      blocks.every(({ bytes }, index) => bytes.length === BLOCK_BYTES && bytes.every((byte) => byte === index)),
    ).toBe(true);
    expect(blocks.every(({ bytes }) => bytes.byteOffset % PAGE_BYTES === 0)).toBe(true);
  });

  it('are released when none of their neighbours was requested for a while', () => {
    const pool = new BlockPool();
    const held = pool.take();
    const other = pool.take();
    other.release();
    pool.trim();
    pool.trim();
    const memory = pool.take().bytes.buffer;
    expect(memory).not.toBe(held.bytes.buffer);
    held.release();
    expect(pool.take().bytes.buffer).toBe(memory);
  });
});
