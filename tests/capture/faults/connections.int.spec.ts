import { describe, expect, it } from '@jest/globals';
import type { PlaylistFault } from '../../live-origin/live-origin.js';
import { playOut, type FaultCase } from './fault-case.js';

/**
 * A name that cannot exist and is not even looked up: its first part is too long (RFC 1035 section 2.3.4). And a port
 * without a listener.
 */
const UNKNOWN = `${'nowhere'.padEnd(64, '-x')}.invalid`;
const NOWHERE = `http://${UNKNOWN}`;
const CLOSED = 'http://127.0.0.1:1';

interface ConnectionFault {
  readonly what: string;
  readonly fault: PlaylistFault;
  readonly cause: string;
  /** What a user reads. */
  readonly words: string;
}

const OF_PLAYLISTS: readonly ConnectionFault[] = [
  {
    what: 'is on a host that nobody knows',
    fault: { kind: 'redirect', to: `${NOWHERE}/180p.m3u8` },
    cause: 'source.unknown-host',
    words: `${UNKNOWN} is an unknown name`,
  },
  {
    what: 'is where nobody listens',
    fault: { kind: 'redirect', to: `${CLOSED}/180p.m3u8` },
    cause: 'source.unreachable',
    words: '127.0.0.1:1 refuses connections',
  },
  {
    what: 'is answered with a reset connection',
    fault: { kind: 'reset' },
    cause: 'source.connection-lost',
    words: 'broke off the connection',
  },
  { what: 'is refused with 503', fault: { kind: 'status', status: 503 }, cause: 'source.server-error', words: '503' },
  { what: 'is refused with 403', fault: { kind: 'status', status: 403 }, cause: 'source.forbidden', words: '403' },
  { what: 'is refused with 404', fault: { kind: 'status', status: 404 }, cause: 'source.not-found', words: '404' },
];

const CASES: readonly FaultCase[] = [
  ...OF_PLAYLISTS.map(({ what, fault, cause, words }): FaultCase => ({
    name: `a playlist that for 30 s ${what}`,
    origin: { window: 40, initial: 6 },
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist(fault);
      stage.origin.advance(30);
      await stage.witness.interrupted(cause);
      expect(stage.witness.interruption?.message).toContain(words);
      await stage.pass(20);
      stage.origin.faults.clear();
      await stage.witness.resumed();
      await stage.stored();
    },
  })),
  {
    name: 'segments that for a while are on a host that nobody knows',
    origin: { window: 20, initial: 6 },
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'elsewhere', base: `${NOWHERE}/` });
      stage.origin.advance(8);
      await stage.witness.interrupted('source.unknown-host');
      stage.origin.faults.clear();
      await stage.broadcast(4);
    },
  },
  {
    name: 'segments that were where nobody listens for as long as they were listed',
    lost: [{ from: 8, count: 6, cause: 'source.unreachable' }],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'elsewhere', base: `${CLOSED}/` });
      stage.origin.advance(6);
      await stage.origin.shown();
      stage.origin.advance(6);
      await stage.origin.shown();
      stage.origin.faults.clear();
      await stage.broadcast(1);
    },
  },
];

describe('a recording', () => {
  it.each(CASES)('survives $name', playOut);
});
