import type { Cause } from '../port.js';

/** Code of captures that have to wait, or begin again, because their thread hangs. */
const STALLED = 'capture.stalled';

/**
 * The cause that is reported while the thread hangs.
 * @param isOwn whether this recording's own source makes it hang
 */
export const stalledCause = (isOwn: boolean | undefined): Cause => ({
  code: STALLED,
  message:
    isOwn === undefined
      ? 'The capture thread hangs for an unknown reason. StreamVault restarts it if that lasts.'
      : isOwn
        ? 'StreamVault cannot process what this source sent. If that lasts, the recording ends here.'
        : 'The capture thread hangs because of what the source of another recording sent. StreamVault restarts it if that lasts.',
});

/** Why a capture that begins again was away. */
export const beganAgainCause: Cause = {
  code: STALLED,
  message: 'The capture thread hung and was restarted; meanwhile nothing could be fetched.',
};

/** Why a recording ended whose source made the thread hang. */
export const frozeCause: Cause = {
  code: 'source.unreadable',
  message:
    'Its source sent something that StreamVault could not process and that blocked all other recordings. StreamVault does not retry this by itself. Use another address of the streamer, or try again.',
};
