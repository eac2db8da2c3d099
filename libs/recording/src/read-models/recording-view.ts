import type { Recording } from '@streamvault/api-contract';
import type { CaptureProgress } from '@streamvault/capture';
import type { RecordingStateName } from '../domain/lifecycle.js';
import type { RecordingContext } from '../domain/recording.machine.js';

interface Viewed {
  readonly state: RecordingStateName;
  readonly context: RecordingContext;
  readonly revision: string;
}

/** A recording as it is told to the outside. While bytes arrive, `progress` is newer than any event. */
export function toRecording({ state, context, revision }: Viewed, progress?: CaptureProgress): Recording {
  const { parts, gaps, totals } = context;
  const closed = parts.reduce(
    (sum, part) => ({ bytes: sum.bytes + part.bytes, seconds: sum.seconds + part.durationSeconds }),
    { bytes: 0, seconds: 0 },
  );
  const gapSeconds = gaps.reduce((sum, gap) => sum + gap.seconds, 0);
  const bytes = totals?.bytes ?? Math.max(closed.bytes, progress?.bytes ?? 0);
  const durationSeconds = totals?.durationSeconds ?? Math.max(closed.seconds, progress?.durationSeconds ?? 0);
  const wanted = durationSeconds + gapSeconds;
  const open = parts.find((part) => part.closedAt === null);
  return {
    id: context.recordingId,
    streamerId: context.streamerId,
    streamerName: context.streamerName,
    state,
    title: context.title,
    category: context.category,
    requestedAt: context.requestedAt,
    startedAt: context.startedAt,
    endedAt: context.endedAt,
    bytes,
    durationSeconds,
    capturedRatio: totals?.capturedRatio ?? (wanted > 0 ? durationSeconds / wanted : null),
    adSeconds: totals?.adSeconds ?? 0,
    gaps: gaps.map((gap) => ({ ...gap })),
    parts: parts.map(({ segments: _segments, ...part }) =>
      part.number === open?.number
        ? {
            ...part,
            bytes: Math.max(0, bytes - closed.bytes),
            durationSeconds: Math.max(0, durationSeconds - closed.seconds),
          }
        : part,
    ),
    steps: context.steps.map((step) => ({ ...step })),
    videoId: context.videoId,
    failure: context.failure,
    interruption: context.interruption,
    deadline: context.deadline,
    playable: parts.length > 0 && context.partsDiscardedAt === null,
    revision,
  };
}
