import type { Notice } from './notice.js';

/** Most interruptions are over by then, and not news. */
const interruptionSeconds = 60;
/** A recording begins within seconds of its broadcast: both are one piece of news. */
const beginningSeconds = 30;

/**
 * Until when a notice waits for related events, ISO 8601 UTC; null: it is sent at once.
 * @param isRecordedToo a recording is expected, and the target wants those as well
 */
export function settlesAt({ kind }: Pick<Notice, 'kind'>, now: string, isRecordedToo: boolean): string | null {
  const seconds =
    kind === 'recording.interrupted'
      ? interruptionSeconds
      : kind === 'streamer.live' && isRecordedToo
        ? beginningSeconds
        : undefined;
  return seconds === undefined ? null : new Date(Date.parse(now) + seconds * 1000).toISOString();
}

/** Combines that a streamer is live with that it is recorded. */
export const liveAndRecorded = (live: Notice, { recordingId, streamerName }: Notice): Notice => ({
  ...live,
  title: `${streamerName ?? 'Somebody'} is live and being recorded`,
  recordingId,
});
