import { describe, expect, it } from '@jest/globals';
import { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import { SegmentDownload } from './segment-download.js';
import { SegmentQueue } from './segment-queue.js';
import { segmentStep as step, servicesOfOneTry } from './segment-step.testing.js';
import { DEFAULT_HLS_SETTINGS as settings } from './settings.js';

const asked: string[] = [];
const http: Http = {
  getText: () => Promise.reject(new Error('Nobody asks for a playlist here')),
  getBody: async (url, _, receiver) => {
    asked.push(url);
    receiver.start?.({}, { pause: () => undefined, resume: () => undefined });
    receiver.data(Buffer.alloc(188).fill('G'));
    return url;
  },
};

function queueThat(mayBegin: (isFirst: boolean) => boolean): SegmentQueue {
  asked.length = 0;
  const services = servicesOfOneTry(http, settings, new FetchBudget(settings));
  return new SegmentQueue(services, 3, () => false, mayBegin);
}

describe('segments to be fetched', () => {
  it('are all fetched, even if they held back for others when the list ended', async () => {
    let others = true;
    const queue = queueThat(() => !others);
    queue.push([step(1), step(2)]);
    queue.close();
    const first = queue.first();
    await new Promise(setImmediate);
    expect(asked).toEqual([]);

    others = false;
    queue.review();
    const had = await first;
    expect(had instanceof SegmentDownload && had.step.segment.mediaSequence).toBe(1);
    queue.removeFirst();
    const next = await queue.first();
    expect(next instanceof SegmentDownload && next.step.segment.mediaSequence).toBe(2);
    queue.removeFirst();
    expect(await queue.first()).toBeUndefined();
  });

  it('are begun one at a time if only the first may be', async () => {
    const queue = queueThat((isFirst) => isFirst);
    queue.push([step(1), step(2), step(3)]);
    await new Promise(setImmediate);
    expect(asked).toEqual(['http://origin.test/1.ts']);
    queue.removeFirst();
    await new Promise(setImmediate);
    expect(asked).toHaveLength(2);
  });

  it('are given up at the end, whether held back or not', async () => {
    const queue = queueThat(() => false);
    queue.push([step(1)]);
    const first = queue.first();
    queue.drain();
    expect(await first).toBeUndefined();
  });
});
