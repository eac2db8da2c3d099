import { beforeEach, describe, expect, it } from '@jest/globals';
import { DiskWatch, type DiskWatchParts, type RunningCapture } from './disk-watch.js';
import type { DiskReading } from './disks.js';
import { Threshold } from './threshold.js';

const GB = 1e9;
const work = { name: 'DATA_DIR', path: '/data/work' };
const library = { name: 'RECORDINGS_DIR', path: '/videos' };
const threshold = (text: string) => Threshold.parse(text)!;

describe('the watch over the disks', () => {
  let readings: DiskReading[];
  let captures: RunningCapture[];
  let stopped: [number, string][];
  let logged: string[];
  let watch: DiskWatch;

  const disk = (freeBytes: number, folders = [work, library], totalBytes = 1000 * GB): DiskReading => ({
    folders,
    room: { freeBytes, totalBytes },
  });
  const watchOf = (parts: Partial<DiskWatchParts> = {}): DiskWatch =>
    new DiskWatch({
      disks: { read: () => Promise.resolve(readings) },
      thresholds: { warn: threshold('1%'), refuse: threshold('5GB'), stop: threshold('1GB') },
      captureFolder: work,
      captures: () => captures,
      stop: async (recordingId, { code, message }) => {
        stopped.push([recordingId, code]);
        expect(message).toMatch(/Only 500\.0 MB were left .* less than 1\.0 GB \(DISK_STOP\)/);
      },
      logger: {
        info: (message) => logged.push(`info ${message}`),
        warn: (message) => logged.push(`warn ${message}`),
        error: (message) => logged.push(`error ${message}`),
      },
      ...parts,
    });

  beforeEach(() => {
    readings = [disk(100 * GB)];
    captures = [];
    stopped = [];
    logged = [];
    watch = watchOf();
  });

  it('says how much is free, and how long that lasts at the rate of the captures', async () => {
    await watch.check();
    expect(watch.describe()).toEqual({
      status: 'ok',
      detail: '100.0 GB free for DATA_DIR, RECORDINGS_DIR (/data/work)',
    });
    captures = [
      { recordingId: 1, bytesPerSecond: 5e6 },
      { recordingId: 2, bytesPerSecond: 3_333_333 },
    ];
    readings = [disk(100 * GB, [work]), disk(7 * GB, [library])];
    await watch.check();
    expect(watch.describe()).toEqual({
      status: 'warn',
      detail:
        '100.0 GB free for DATA_DIR (/data/work), full in 3 h 20 min at this rate; 7.0 GB free for RECORDINGS_DIR (/videos)',
    });
    await expect(watch.requireRoom()).resolves.toBeUndefined();
  });

  it('refuses new recordings below its limit, on any of the disks, and says what to do', async () => {
    readings = [disk(100 * GB, [work]), disk(4 * GB, [library])];
    await expect(watch.requireRoom()).rejects.toMatchObject({
      code: 'disk.low',
      kind: 'unavailable',
      message: expect.stringMatching(
        /^Only 4\.0 GB are free on the disk of RECORDINGS_DIR.*5\.0 GB \(DISK_REFUSE\)\. Free/,
      ),
      details: { freeBytes: 4 * GB, neededBytes: 5 * GB, retryAfterSeconds: 60 },
    });
    expect(watch.describe().status).toBe('warn');
    readings = [disk(100 * GB, [work]), disk(6 * GB, [library])];
    await expect(watch.requireRoom()).resolves.toBeUndefined();
  });

  it('stops the most recently started recording, one at each check, until there is room', async () => {
    captures = [7, 9, 8].map((recordingId) => ({ recordingId, bytesPerSecond: 1e6 }));
    readings = [disk(0.5 * GB)];
    await watch.check();
    expect(stopped).toEqual([[9, 'disk.low']]);
    // It still writes its last segment: it is not stopped again, and does not count.
    await watch.check();
    expect(stopped.map(([id]) => id)).toEqual([9, 8]);
    readings = [disk(2 * GB)];
    await watch.check();
    expect(stopped).toHaveLength(2);
  });

  it('stops nothing for a disk that no capture writes to', async () => {
    captures = [{ recordingId: 7, bytesPerSecond: 1e6 }];
    readings = [disk(100 * GB, [work]), disk(0.5 * GB, [library])];
    await watch.check();
    expect(stopped).toEqual([]);
    await expect(watch.requireRoom()).rejects.toMatchObject({ code: 'disk.low' });
  });

  it('is down if a disk is gone, and refuses', async () => {
    readings = [disk(100 * GB, [work]), { folders: [library], room: undefined }];
    await expect(watch.requireRoom()).rejects.toMatchObject({ code: 'disk.gone', kind: 'unavailable' });
    expect(watch.describe()).toMatchObject({
      status: 'down',
      detail: expect.stringMatching(/disk of RECORDINGS_DIR \(\/videos\) is gone$/),
    });
  });

  it('assumes room on a disk that gives no figures', async () => {
    readings = [disk(Infinity, [work], Infinity)];
    captures = [{ recordingId: 7, bytesPerSecond: 1e6 }];
    await expect(watch.requireRoom()).resolves.toBeUndefined();
    expect(watch.describe()).toEqual({
      status: 'ok',
      detail: 'DATA_DIR (/data/work) gives no figure of its free space',
    });
  });

  it('never acts with limits of 0', async () => {
    const off = threshold('0');
    watch = watchOf({ thresholds: { warn: off, refuse: off, stop: off } });
    readings = [disk(0)];
    captures = [{ recordingId: 7, bytesPerSecond: 1e6 }];
    await expect(watch.requireRoom()).resolves.toBeUndefined();
    expect(stopped).toEqual([]);
  });

  it('logs a change once', async () => {
    for (const free of [100, 7, 7, 4, 4, 100, 100]) {
      readings = [disk(free * GB)];
      await watch.check();
    }
    expect(logged).toEqual([
      expect.stringMatching(/^warn 7\.0 GB free .* Free some space soon$/),
      expect.stringMatching(/^warn 4\.0 GB free .* no new recording is started/),
      expect.stringMatching(/^info 100\.0 GB free/),
    ]);
  });

  it('continues after a failed check', async () => {
    let fails = true;
    watch = watchOf({
      disks: { read: () => (fails ? Promise.reject(new Error('what?')) : Promise.resolve(readings)) },
    });
    await watch.check();
    expect(logged).toEqual([expect.stringMatching(/^error The disks could not be checked/)]);
    fails = false;
    await watch.check();
    expect(watch.status).toHaveLength(1);
  });

  it('waits for no disk that does not answer', async () => {
    watch = watchOf({ disks: { read: () => new Promise(() => undefined) } });
    await expect(watch.requireRoom()).resolves.toBeUndefined();
  });
});
