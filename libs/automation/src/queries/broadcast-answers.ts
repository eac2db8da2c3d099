import type { Broadcast, Detection } from '@streamvault/api-contract';
import type { BroadcastRow } from '../read-models/broadcast-row.entity.js';

export function toBroadcast({ id, streamerId, state, context }: BroadcastRow): Broadcast {
  const { away, details, titles, laterRecordingIds, platformIds } = context;
  return {
    id,
    streamerId,
    state,
    startedAt: instant(context.startedAt),
    endedAt: context.endedAt === null ? null : instant(context.endedAt),
    noticedAt: context.noticedAt,
    noticedBy: context.noticedBy,
    kind: context.kind,
    platformIds: [...platformIds],
    title: details.title,
    category: details.category,
    tags: [...(details.tags ?? [])],
    titles: titles.map(({ at, title, category }) => ({ at: instant(at), title, category })),
    awaySince: away && instant(away.since),
    deadline: away && away.deadline,
    raid: context.raid && { ...context.raid, at: instant(context.raid.at) },
    endReason: context.endReason,
    recordingId: context.recordingId,
    laterRecordingIds: [...laterRecordingIds],
    decision: context.decision,
    refusal: context.refusal,
  };
}

/** Twitch writes seconds without fractions, and notices nanoseconds. */
const instant = (text: string): string => new Date(text).toISOString();

const undecided = { code: 'broadcast.undecided', message: 'Nothing was decided about it yet.' };

export function toDetection({ id, streamerId, context }: BroadcastRow, streamerName: string | null): Detection {
  const { decision, details, recordingId, refusal, noticedBy } = context;
  return {
    broadcastId: id,
    streamerId,
    streamerName,
    startedAt: instant(context.startedAt),
    endedAt: context.endedAt === null ? null : instant(context.endedAt),
    noticedBy,
    title: details.title,
    category: details.category,
    isRecorded: recordingId !== null,
    recordingId,
    decision: decision?.decision ?? null,
    rule: decision?.rule ?? null,
    why: (recordingId === null ? refusal : null) ?? decision?.reason ?? undecided,
  };
}
