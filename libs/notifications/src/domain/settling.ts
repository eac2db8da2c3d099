import type { Notice } from './notice.js';

/** Most interruptions are over by then, and no news. */
const interruptionSeconds = 60;
/** A recording begins within seconds of its broadcast: both are one piece of news. */
const beginningSeconds = 30;

/**
 * Until when a notice waits for what belongs to it, ISO 8601 UTC; null: it is sent at once.
 *
 * @param isRecordedToo a recording is expected, and the target is told of those as well
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

/** That somebody is live, and that it is recorded, as one. */
export const liveAndRecorded = (live: Notice, { recordingId, streamerName }: Notice): Notice => ({
  ...live,
  title: `${streamerName ?? 'Somebody'} is live and being recorded`,
  recordingId,
});
