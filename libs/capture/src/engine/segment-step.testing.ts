import type { SegmentStep } from './plan-segments.js';

/** A planned segment of two seconds, nothing about which is out of the ordinary. */
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
