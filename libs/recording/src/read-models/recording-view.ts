import { capturedRatioOf } from '../domain/captured-ratio.js';
import type { Recording } from '@streamvault/api-contract';
import type { CaptureProgress } from '@streamvault/capture';
import type { RecordingStateName } from '../domain/lifecycle.js';
import {
  type GapFillStatus,
  gapSecondsOf,
  type GapStatus,
  stallSecondsOf,
  type RecordingContext,
} from '../domain/recording-context.js';
import { type PartsPolicy, stepList, usualParts } from './step-list.js';

interface Viewed {
  readonly state: RecordingStateName;
  readonly context: RecordingContext;
  readonly revision: string;
}

/** A recording as the API shows it. While bytes arrive, `progress` is newer than any event. */
export function toRecording(
  { state, context, revision }: Viewed,
  progress?: CaptureProgress,
  policy: PartsPolicy = usualParts,
): Recording {
  const { ads, gaps, parts, stalls, totals } = context;
  // A row of an earlier release lacks them until it is rebuilt.
  const gapFills = (context as Partial<RecordingContext>).gapFills ?? [];
  const closed = parts.reduce(
    (sum, part) => ({
      bytes: sum.bytes + part.bytes,
      seconds: sum.seconds + part.durationSeconds,
      segments: sum.segments + part.segments,
    }),
    { bytes: 0, seconds: 0, segments: 0 },
  );
  const gapSeconds = gapSecondsOf(gaps);
  const toldAdSeconds = ads.reduce((sum, ad) => sum + ad.seconds, 0);
  const bytes = totals?.bytes ?? Math.max(closed.bytes, progress?.bytes ?? 0);
  const durationSeconds = totals?.durationSeconds ?? Math.max(closed.seconds, progress?.durationSeconds ?? 0);
  const open = parts.find((part) => part.closedAt === null);
  return {
    id: context.recordingId,
    streamerId: context.streamerId,
    streamerName: context.streamerName,
    state,
    title: context.title,
    category: context.category,
    titles: context.titles.map((title) => ({ ...title })),
    trigger: { ...context.trigger },
    broadcastId: context.broadcastId,
    requestedAt: context.requestedAt,
    startedAt: context.startedAt,
    endedAt: context.endedAt,
    bytes,
    durationSeconds,
    capturedRatio: totals?.capturedRatio ?? capturedRatioOf(durationSeconds, gapSeconds),
    segments: totals?.segments ?? Math.max(closed.segments, progress?.segments ?? 0),
    gapSeconds,
    gaps: gaps.map((gap) => ({ ...gap, filled: filledOf(gap, gapFills) })),
    gapFills: gapFills.map(({ from, to, requestedAt, by, source, state, endedAt, cause }) => ({
      from,
      to,
      requestedAt,
      by,
      url: source.url,
      state,
      endedAt,
      cause,
    })),
    adSeconds: totals?.adSeconds ?? Math.max(toldAdSeconds, progress?.adSeconds ?? 0),
    ads: ads.map((ad) => ({ ...ad })),
    stallSeconds: stallSecondsOf(stalls),
    stalls: stalls.map((stall) => ({ ...stall })),
    retries: totals === null ? (progress?.retries ?? null) : totals.retries,
    reResolves: context.reResolves,
    parts: parts.map(({ segments: _segments, ...part }) =>
      part.number === open?.number
        ? {
            ...part,
            bytes: Math.max(0, bytes - closed.bytes),
            durationSeconds: Math.max(0, durationSeconds - closed.seconds),
          }
        : part,
    ),
    steps: stepList({ state, context }, policy),
    videoId: context.videoId,
    failure: context.failure,
    interruption: context.interruption,
    deadline: context.deadline,
    playable: parts.length > 0 && context.partsDiscardedAt === null,
    revision,
  };
}

function filledOf({ from }: GapStatus, fills: readonly GapFillStatus[]): Recording['gaps'][number]['filled'] {
  const fill = fills.find((each) => each.from === from && each.state === 'filled');
  if (!fill) return null;
  const { by, endedAt, requestedAt, seconds, mutedSeconds, source } = fill;
  return { at: endedAt ?? requestedAt, by, url: source.url, seconds, mutedSeconds };
}
