import type { NoticeKind } from '@streamvault/api-contract';
import type { Notice } from './notice.js';

/** An example for a preview, as a notice of that kind would be. */
export function sampleNotice(kind: NoticeKind, link: string | null): Notice {
  const who = 'Ada';
  const show = 'Evening show';
  const at = '2026-11-30T19:00:00.000Z';
  const common = { kind, at, streamerId: 1, streamerName: who, show, recordingId: 7, videoId: null, link } as const;
  const of = (severity: Notice['severity'], title: string, text: string): Notice => ({
    ...common,
    severity,
    title,
    text,
  });
  switch (kind) {
    case 'streamer.live':
      return of('info', `${who} is live`, `${show}\nArt`);
    case 'recording.started':
      return of('info', `${who} is being recorded`, show);
    case 'recording.completed':
      return of('success', `The recording of ${who} is ready`, show);
    case 'recording.failed':
      return of('failure', `The recording of ${who} failed`, `${show}\nThe source is gone.`);
    case 'recording.interrupted':
      return of('warning', `The recording of ${who} was interrupted`, `${show}\nThe source does not answer.`);
    case 'recording.gap':
      return of('warning', `12 seconds are missing of ${who}`, `${show}\nThe source does not answer.`);
    case 'recording.step_failed':
      return of('failure', `A step after the recording of ${who} failed: publish`, show);
    case 'disk.full':
      return of('failure', `No room for the recording of ${who}`, 'The disk is full.');
    case 'preflight.failed':
      return of('failure', 'RECORDINGS_DIR cannot be written to (ENOSPC).', 'Look whether its disk has room.');
    case 'video.binned':
      return of('info', `In the bin: ${show}`, 'By the rule “older than 30 days”.');
    case 'video.purged':
      return of('info', `Deleted for good: ${show}`, who);
    default:
      return kind satisfies never;
  }
}
