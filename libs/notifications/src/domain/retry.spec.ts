import { describe, expect, it } from '@jest/globals';
import { expiryOf } from './notice.js';
import { Circuit, isExpired, mostAttempts, retryDelay } from './retry.js';

const at = '2026-11-30T12:00:00.000Z';

describe('retrying', () => {
  it('waits longer each time, obeys the receiver, and ends', () => {
    expect([retryDelay(1, null, 0), retryDelay(2, null, 0.5), retryDelay(3, 600, 0)]).toEqual([5, 33, 600]);
    expect(retryDelay(1, 10 ** 9, 0)).toBe(86_400);
    expect(retryDelay(mostAttempts, null, 0)).toBeNull();
  });

  it('is news for a while, failures always', () => {
    const expiresAt = expiryOf({ kind: 'streamer.live', at });
    expect(isExpired(expiresAt, '2026-11-30T12:14:59.000Z')).toBe(false);
    expect(isExpired(expiresAt, '2026-11-30T12:15:00.000Z')).toBe(true);
    expect(expiryOf({ kind: 'disk.full', at })).toBeNull();
  });

  it('rests after five failures in a row, for five minutes, and one success ends it', () => {
    const circuit = new Circuit();
    for (let failures = 0; failures < 4; failures++) circuit.failed(0);
    expect(circuit.restingUntil(0)).toBeUndefined();
    circuit.failed(0);
    expect([circuit.restingUntil(299_999), circuit.restingUntil(300_000)]).toEqual([300_000, undefined]);
    circuit.failed(300_000);
    expect(circuit.restingUntil(300_001)).toBe(600_000);
    circuit.succeeded();
    expect(circuit.restingUntil(300_001)).toBeUndefined();
  });
});
