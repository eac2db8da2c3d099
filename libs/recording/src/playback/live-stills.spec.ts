import { describe, expect, it } from '@jest/globals';
import type { MediaRun } from '@streamvault/media';
import { LiveStills } from './live-stills.js';
import type { RecordingMedia } from './recording-media.js';

const run: MediaRun = { container: 'ts', signature: 'h264', ranges: [], durationSeconds: 2 };

/** A recording whose newest segment is the one that was set, and a camera that counts. */
function studio() {
  const state = { index: 0, taken: 0, atOnce: 0, most: 0, fails: false };
  const recordings = { newestSegment: () => Promise.resolve({ index: state.index, run }) } as unknown as RecordingMedia;
  const takeStill = async () => {
    state.taken += 1;
    state.atOnce += 1;
    state.most = Math.max(state.most, state.atOnce);
    await new Promise((turn) => setImmediate(turn));
    state.atOnce -= 1;
    if (state.fails) throw new Error('no disk');
    return Uint8Array.of(state.taken);
  };
  return { state, stills: new LiveStills(recordings, { takeStill }) };
}

describe('LiveStills', () => {
  it('takes a picture once for all who look, and another when that one is old and there is something new', async () => {
    const { state, stills } = studio();
    const first = await stills.of(1, 0);
    expect(await Promise.all([stills.of(1, 100), stills.of(1, 6999)])).toEqual([first, first]);
    expect(await stills.of(1, 7001)).toEqual(first);
    state.index = 3;
    expect((await stills.of(1, 14_500))?.tag).not.toBe(first?.tag);
    expect(state.taken).toBe(2);
  });

  it('takes few at once', async () => {
    const { state, stills } = studio();
    await Promise.all(Array.from({ length: 20 }, (_, id) => stills.of(id, 0)));
    expect([state.taken, state.most]).toEqual([20, 2]);
  });

  it('tries again after a failure', async () => {
    const { state, stills } = studio();
    state.fails = true;
    await expect(stills.of(1, 0)).rejects.toThrow('no disk');
    state.fails = false;
    expect(await stills.of(1, 1)).toBeDefined();
  });
});
