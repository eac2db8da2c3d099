import { describe, expect, it } from '@jest/globals';
import { array, assert, integer, property, record, string } from 'fast-check';
import { createHash } from 'node:crypto';
import { type ChainLink, HashChain } from './hash-chain.js';

const link: ChainLink = {
  position: 7,
  revision: 3,
  version: 2,
  recordedAt: 1_793_534_400_123,
  stream: 'recording-42',
  id: '00000000-0000-4000-8000-000000000001',
  type: 'SegmentStored',
  data: '{"title":"Zoë 🎥"}',
  metadata: '{"actor":"recorder"}',
};

/** Follows the documentation of HashChain, with none of its code. */
function hashOf(previous: Uint8Array, event: ChainLink): string {
  const hash = createHash('sha256').update(previous);
  for (const number of [event.position, event.revision, event.version, event.recordedAt]) {
    hash.update(Buffer.from(BigInt.asUintN(64, BigInt(number)).toString(16).padStart(16, '0'), 'hex'));
  }
  for (const text of [event.stream, event.id, event.type, event.data, event.metadata]) {
    const bytes = Buffer.from(text, 'utf8');
    hash.update(Buffer.from(bytes.length.toString(16).padStart(8, '0'), 'hex')).update(bytes);
  }
  return hash.digest('hex');
}

describe('HashChain', () => {
  it('never changes the hash of an event: heads are kept outside for years', () => {
    expect(new HashChain().add(link).toString('hex')).toBe(
      '7345a9d97aa3104bf21aea24ed676e08a73a583697a2ee8edba5fae56d91c60f',
    );
  });

  it('is computed as documented, from the hash before and every field, whatever they contain', () => {
    const text = string({ unit: 'grapheme', maxLength: 40 });
    const whole = integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const anyLink = record({
      position: whole,
      revision: whole,
      version: whole,
      recordedAt: integer({ min: -1e13, max: 1e13 }),
      stream: text,
      id: text,
      type: text,
      data: text,
      metadata: text,
    });
    assert(
      property(array(anyLink, { maxLength: 5 }), (links) => {
        const chain = new HashChain();
        let previous = Buffer.alloc(32);
        for (const each of links) {
          const expected = hashOf(previous, each);
          expect(chain.add(each).toString('hex')).toBe(expected);
          previous = Buffer.from(expected, 'hex');
        }
      }),
    );
  });

  it('takes events of any size, and continues after them', () => {
    const chain = new HashChain();
    const large = { ...link, data: JSON.stringify({ text: 'ä🎥'.repeat(200_000) }) };
    const first = hashOf(Buffer.alloc(32), large);
    expect(chain.add(large).toString('hex')).toBe(first);
    expect(chain.add(link).toString('hex')).toBe(hashOf(Buffer.from(first, 'hex'), link));
  });

  it('distinguishes fields whose texts run together', () => {
    const hash = (overrides: Partial<ChainLink>): string =>
      new HashChain().add({ ...link, ...overrides }).toString('hex');
    expect(hash({ data: '{}', metadata: '{}{}' })).not.toBe(hash({ data: '{}{}', metadata: '{}' }));
    expect(hash({ stream: 'recording-4', id: '2x' })).not.toBe(hash({ stream: 'recording-42', id: 'x' }));
  });

  it('begins only at a hash', () => {
    expect(() => new HashChain(new Uint8Array(31))).toThrow(RangeError);
  });
});
