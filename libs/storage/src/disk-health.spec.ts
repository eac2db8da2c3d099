import { expect, it } from '@jest/globals';
import { diskHealth } from './disk-health.js';
import type { DiskStatus } from './disk-watch.js';
import { Threshold } from './threshold.js';

const thresholds = { warn: Threshold.parse('10%')!, refuse: Threshold.parse('2GB')!, stop: Threshold.parse('500MB')! };
const aDisk: DiskStatus = {
  folders: 'DATA_DIR, RECORDINGS_DIR',
  path: '/data/work',
  level: 'warn',
  freeBytes: 9_000_000_000,
  totalBytes: 100_000_000_005,
  bytesPerSecond: 750_000,
  secondsToFull: 12_000,
};

it('describes a disk and its thresholds', () => {
  expect(diskHealth(aDisk, thresholds)).toEqual({
    ...aDisk,
    folders: ['DATA_DIR', 'RECORDINGS_DIR'],
    warnBelowBytes: 10_000_000_001,
    refuseBelowBytes: 2_000_000_000,
    stopBelowBytes: 500_000_000,
  });
});

it('gives no figures for a disk that has none', () => {
  const gone = diskHealth({ ...aDisk, level: 'gone', secondsToFull: undefined }, thresholds);
  expect(gone).toMatchObject({ level: 'gone', freeBytes: null, secondsToFull: null, refuseBelowBytes: null });
  const silent = diskHealth({ ...aDisk, level: 'ok', freeBytes: Infinity, totalBytes: Infinity }, thresholds);
  expect(silent).toMatchObject({
    freeBytes: null,
    totalBytes: null,
    warnBelowBytes: null,
    stopBelowBytes: 500_000_000,
  });
});
