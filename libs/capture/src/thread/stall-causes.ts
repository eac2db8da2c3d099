import type { Cause } from '../port.js';

/** Code of the captures that have to wait, or begin again, because their thread stands still. */
const STALLED = 'capture.stalled';

/** What is told while the thread stands still. @param isOwn it does so over this recording's own source */
export const stalledCause = (isOwn: boolean | undefined): Cause => ({
  code: STALLED,
  message:
    isOwn === undefined
      ? 'What captures stands still, and nobody knows why. It is begun again if that lasts.'
      : isOwn
        ? 'StreamVault is not getting through what this source sent. If that lasts, the recording ends here.'
        : 'What captures stands still over what the source of another recording sent. It is begun again if that lasts.',
});

/** Why a capture was away that begins again. */
export const beganAgainCause: Cause = {
  code: STALLED,
  message: 'What captures stood still and was begun again; meanwhile nothing could be fetched.',
};

/** Why a recording ended whose source has had the thread stand still. */
export const frozeCause: Cause = {
  code: 'source.unreadable',
  message:
    'Its source sent something that StreamVault could not get through, and that kept all other recordings waiting. It is not tried again by itself. Use another address of the channel, or try again.',
};
