import { type NoticeKind, noticeKinds } from '@streamvault/api-contract';
import { z } from 'zod';

/** The content of a notice. Part of events, so fields can only be added with a new version of these. */
const fields = {
  kind: z.string(),
  severity: z.enum(['info', 'success', 'warning', 'failure']),
  title: z.string(),
  text: z.string(),
  /** When it happened, ISO 8601 UTC. */
  at: z.string(),
  streamerId: z.number().nullable(),
  recordingId: z.number().nullable(),
  videoId: z.number().nullable(),
  /** Where the console shows more; null without a public address. */
  link: z.string().nullable(),
};

/** Notices before there were templates. */
export const firstNoticeSchema = z.object(fields);
export const noticeSchema = z.object({
  ...fields,
  streamerName: z.string().nullable(),
  /** The title of the broadcast, recording or video; null if it has none. */
  show: z.string().nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** After this many seconds a notice is useless; null: never. */
const worthSeconds: Readonly<Record<NoticeKind, number | null>> = {
  'streamer.live': 15 * minute,
  'recording.started': 15 * minute,
  'recording.interrupted': hour,
  'recording.gap': 6 * hour,
  'recording.completed': day,
  'recording.failed': null,
  'recording.step_failed': null,
  'disk.full': null,
  'preflight.failed': day,
  'video.binned': day,
  'video.purged': day,
};

/** When a notice is no longer sent, ISO 8601 UTC. */
export function expiryOf({ kind, at }: Pick<Notice, 'kind' | 'at'>): string | null {
  const known = noticeKinds.find((each) => each === kind);
  const worth = known === undefined ? day : worthSeconds[known];
  return worth === null ? null : new Date(Date.parse(at) + worth * 1000).toISOString();
}
