import { BlockPool } from '../memory/block-pool.js';
import { systemClock } from './clock.js';
import type { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import type { SegmentStep } from './plan-segments.js';
import { ResourceStore } from './resource-store.js';
import type { DownloadServices } from './segment-download.js';
import type { HlsCaptureSettings } from './settings.js';

/** An ordinary planned segment of two seconds. */
export const segmentStep = (mediaSequence: number): SegmentStep => ({
  kind: 'segment',
  segment: {
    url: `http://origin.test/${mediaSequence}.ts`,
    identity: `${mediaSequence}.ts`,
    mediaSequence,
    discontinuitySequence: 0,
    durationSeconds: 2,
    discontinuity: false,
    title: '',
    gap: false,
  },
  startsAtMs: 0,
  estimated: false,
  discontinuity: false,
  reset: false,
  ad: false,
  epoch: 0,
});

/** For downloads that are tried once, and whose faults are not reported. */
export const servicesOfOneTry = (http: Http, settings: HlsCaptureSettings, budget: FetchBudget): DownloadServices => ({
  http,
  clock: systemClock,
  settings,
  headers: undefined,
  budget,
  pool: new BlockPool(),
  lead: () => 0,
  resources: new ResourceStore(http, { totalSeconds: 1 }),
  wantsMeasure: () => false,
  mayRetry: () => false,
  trouble: () => undefined,
});
