import { describe, expect, it } from '@jest/globals';
import { bytesOf } from '../memory/block-pool.js';
import { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import { SegmentDownload } from './segment-download.js';
import { segmentStep, servicesOfOneTry } from './segment-step.testing.js';
import { DEFAULT_HLS_SETTINGS } from './settings.js';

const FLUSH = 188 * 100;
const packets = (count: number): Buffer => Buffer.alloc(188 * count).fill('G');

const STEP = segmentStep(1);

/** A sender that gives one more piece each time it is released, within that very call. */
function prompt(first: Buffer, ...more: Buffer[]): Http {
  return {
    getText: () => Promise.reject(new Error('Nobody asks for a playlist here')),
    getBody: (url, _, receiver) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const resume = (): void => {
        const piece = more.shift();
        if (piece === undefined) resolve(url);
        else receiver.data(piece);
      };
      receiver.start?.({}, { pause: () => undefined, resume });
      receiver.data(first);
      return promise;
    },
  };
}

describe('the download of a segment', () => {
  it('delivers at once what arrives when its turn comes after waiting in a full memory', async () => {
    const settings = { ...DEFAULT_HLS_SETTINGS, flushBytes: FLUSH, bufferBytes: FLUSH, totalBufferBytes: FLUSH };
    const budget = new FetchBudget(settings);
    budget.note(FLUSH);
    const http = prompt(packets(30), packets(120), packets(10));
    const download = new SegmentDownload(STEP, servicesOfOneTry(http, settings, budget), () => undefined);
    void download.start();
    // Waits until the first piece has arrived before it is requested.
    await new Promise(setImmediate);
    expect(download.held).toBe(true);

    const taken = await download.take();
    expect(taken.kind === 'bytes' && Buffer.concat(taken.chunks.map(bytesOf)).length).toBe(188 * 150);
  });
});
