import type { RecordingEvent } from '@streamvault/recording';
import type { VideoEvent } from '@streamvault/library/events';
import { z } from 'zod';
import type { Notice } from './notice.js';

/** What is known about the subject of an event, beside the event itself. */
export interface Surroundings {
  readonly streamerId: number | null;
  readonly streamerName: string;
  /** Of the recording, broadcast or video; null if it has none. */
  readonly title: string | null;
}

type Draft = Pick<Notice, 'severity' | 'title' | 'text' | 'at'> & { readonly kind: Notice['kind'] };
interface Happened {
  readonly type: string;
  readonly data: object;
}

/** Shorter gaps are in the recording's own list, and not worth a notice. */
const gapWorthTelling = 10;

export const isOfDisk = ({ code }: { readonly code: string }): boolean =>
  code.startsWith('disk.') || code === 'media.storage-full';

/** The notice for a recording's event, undefined if there is none. */
export function noticeOfRecording(happened: Happened, { streamerName: who, title }: Surroundings): Draft | undefined {
  // The registry gives only recording events for this category.
  const event = happened as RecordingEvent;
  const show = title ?? '';
  switch (event.type) {
    case 'CaptureStarted':
      return draft('recording.started', 'info', `${who} is being recorded`, show, event.data.at);
    case 'RecordingCompleted':
      return draft('recording.completed', 'success', `The recording of ${who} is ready`, show, event.data.at);
    case 'RecordingFailed':
      return draft(
        'recording.failed',
        'failure',
        `The recording of ${who} failed`,
        lines(show, event.data.cause.message),
        event.data.at,
      );
    case 'CaptureInterrupted':
      // A list that ended: the streamer may come back within the patience, and if not, the recording's end is reported.
      if (event.data.cause.code === 'source.ended') return undefined;
      return isOfDisk(event.data.cause)
        ? disk(who, event.data)
        : draft(
            'recording.interrupted',
            'warning',
            `The recording of ${who} was interrupted`,
            lines(show, event.data.cause.message, 'StreamVault tries to continue.'),
            event.data.at,
          );
    case 'StopRequested':
      return event.data.cause && isOfDisk(event.data.cause)
        ? disk(who, { ...event.data, cause: event.data.cause })
        : undefined;
    case 'FinalizeFailed':
      return isOfDisk(event.data.cause) ? disk(who, event.data) : undefined;
    case 'GapRecorded': {
      const { seconds, cause, at } = event.data;
      if (seconds < gapWorthTelling) return undefined;
      const missing = `${Math.round(seconds)} seconds are missing`;
      return draft('recording.gap', 'warning', `${missing} of ${who}`, lines(show, cause.message), at);
    }
    case 'StepFailed': {
      const { name, cause, retryAt, at } = event.data;
      if (retryAt !== null) return undefined;
      const title = `A step after the recording of ${who} failed: ${name}`;
      return draft('recording.step_failed', 'failure', title, lines(show, cause.message, 'It can be retried.'), at);
    }
    default:
      return undefined;
  }
}

const disk = (
  who: string,
  { cause, at }: { readonly cause: { readonly message: string }; readonly at: string },
): Draft => draft('disk.full', 'failure', `No room for the recording of ${who}`, cause.message, at);

/** The notice for a video's event. */
export function noticeOfVideo(happened: Happened, { title, streamerName: who }: Surroundings): Draft | undefined {
  // The registry gives only video events for this category.
  const event = happened as VideoEvent;
  const video = title ?? who;
  if (event.type === 'VideoBinned') {
    const { rule, by, purgeAfter, at } = event.data;
    const why = rule === null ? `By ${by}.` : `By the rule “${rule}”.`;
    return draft(
      'video.binned',
      'info',
      `In the bin: ${video}`,
      lines(why, `It can be restored until ${purgeAfter}.`),
      at,
    );
  }
  if (event.type === 'VideoPurged')
    return draft('video.purged', 'info', `Permanently deleted: ${video}`, who, event.data.at);
  return undefined;
}

/** Only the fields that are used: events of broadcasts belong to another context, and gain fields. */
const broadcastStarted = z.object({
  streamerId: z.number(),
  title: z.string().nullable(),
  category: z.string().nullable(),
  at: z.string(),
});

/** The streamer of a broadcast that began; undefined for any other event. */
export function beginningOf(happened: Happened): z.infer<typeof broadcastStarted> | undefined {
  return happened.type === 'BroadcastStarted' ? broadcastStarted.safeParse(happened.data).data : undefined;
}

export const noticeOfBroadcast = (
  { title, category, at }: z.infer<typeof broadcastStarted>,
  streamerName: string,
): Draft => draft('streamer.live', 'info', `${streamerName} is live`, lines(title ?? '', category ?? ''), at);

const draft = (kind: Notice['kind'], severity: Notice['severity'], title: string, text: string, at: string): Draft => ({
  kind,
  severity,
  title: oneLine(title),
  text,
  at,
});

const lines = (...all: readonly string[]): string => all.filter((each) => each !== '').join('\n');

/** Titles come from platforms and may contain anything. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();
