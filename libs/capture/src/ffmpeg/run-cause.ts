import { nameOf, toFault, withoutSecrets } from '@streamvault/network';
import type { Way } from './open-way.js';
import type { CaptureSource, Cause } from '../port.js';
import type { ChildEnd } from '@streamvault/media';

export const SILENT: Cause = {
  code: 'ffmpeg.silent',
  message: 'ffmpeg runs, but the source gave it nothing for too long. StreamVault starts it again.',
};

export const UNREADABLE_PICTURE: Cause = {
  code: 'ffmpeg.unreadable-picture',
  message:
    'The video of this source has a coding that cannot be recorded (motion JPEG, perhaps). Set the source to H.264 or H.265, or use another of its addresses.',
};

/** Why a run of ffmpeg ended. If the relay failed to reach the source, its error says more than ffmpeg's output. */
export function causeOfEnd(
  { exitCode, signal, startError, lastWords }: ChildEnd,
  { url, credentials = {} }: Pick<CaptureSource, 'url' | 'credentials'>,
  failureOnTheWay: Way['failure'],
): Cause {
  if (failureOnTheWay !== undefined) {
    const { code, message } = toFault(failureOnTheWay.error, failureOnTheWay.address).reason;
    return { code, message };
  }
  if (startError !== undefined)
    return {
      code: 'ffmpeg.not-started',
      message: 'ffmpeg could not be started. Check FFMPEG_PATH and the health page.',
    };
  const how = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  const said = withoutSecrets(
    lastWords.slice(-4).join(' | '),
    Object.values(credentials).filter((secret) => secret !== undefined),
  );
  const words = said === '' ? 'It said nothing.' : `Its last output: ${said}`;
  return { code: 'ffmpeg.ended', message: `ffmpeg ${how} while it read from ${hostOf(url)}. ${words}` };
}

/** Without its path, which may contain a key. */
const hostOf = (url: string): string => URL.parse(url)?.host || nameOf(url);
