import type { OutputNames } from '@streamvault/recording';
import { videoPath } from './video-path.js';

/** Videos are named after their recording. */
export const outputNames: OutputNames = {
  fileOf({ recordingId, streamerName, title, startedAt: recordedAt, requestedAt }, index, startedAt) {
    return videoPath({
      streamerName,
      title: title ?? '',
      recordedAt: startedAt ?? recordedAt ?? requestedAt,
      recordingId,
      outputNumber: index + 1,
    });
  },
};
