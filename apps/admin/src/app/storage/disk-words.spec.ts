import { describe, expect, it } from '@jest/globals';
import { aDisk } from '../../../testing/fixtures';
import { diskTrouble, forecastOf } from './disk-words';

describe('the words for a disk', () => {
  it('are none while there is room', () => {
    expect(diskTrouble(aDisk())).toEqual([]);
  });

  it('say when it will be full, and what happens before that', () => {
    const disk = aDisk({ level: 'warn', freeBytes: 9e9, bytesPerSecond: 750_000, secondsToFull: 12_000 });
    expect(forecastOf(disk)).toBe('full in 3 h 20 min at this rate');
    const { status, detail } = diskTrouble(disk)[0]!;
    expect(status).toBe('warn');
    expect(detail).toContain('9.00 GB are free for DATA_DIR and RECORDINGS_DIR, full in 3 h 20 min at this rate.');
    expect(detail).toContain('Below 2.00 GB no new recording is begun.');
  });

  it.each([
    ['refuse', /No new recording is begun until there are 2\.00 GB again\. Free some space/],
    ['stop', /Running recordings are being stopped, the newest first/],
    ['gone', /Mount it again/],
  ] as const)('say what to do at the level %s', (level, words) => {
    expect(diskTrouble(aDisk({ level }))).toMatchObject([{ status: 'down', detail: expect.stringMatching(words) }]);
  });
});
