import { errorCode } from '@streamvault/failures';

/**
 * Every error that this library throws on purpose (an abort throws the signal's own reason). `code` is stable and for
 * programs; the message is for people and says what to do next.
 */
export abstract class MediaError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

export type ToolName = 'ffmpeg' | 'ffprobe';

/** No usable ffmpeg or ffprobe: neither named by a setting, nor on the PATH, nor from npm. */
export class MediaToolMissing extends MediaError {
  readonly code = 'media.tool-missing';

  constructor(
    readonly tool: ToolName,
    readonly tried: readonly string[],
  ) {
    super(
      `No usable ${tool} was found (${tried.join('; ')}). Install ffmpeg (Debian: apt install ffmpeg, macOS: brew install ffmpeg), ` +
        `or set ${settingOf(tool)} to the program's full path, or install the optional npm package @${tool}-installer/${tool}.`,
    );
  }
}

/** The program was there when the server started, and is gone now. */
export class MediaToolGone extends MediaError {
  readonly code = 'media.tool-missing';

  constructor(
    readonly program: string,
    options?: ErrorOptions,
  ) {
    super(
      `${program} can no longer be run. Install ffmpeg again, or set FFMPEG_PATH and FFPROBE_PATH and restart; then retry. What ` +
        'was recorded is untouched.',
      options,
    );
  }
}

/** A setting names a program that cannot be used. There is no fallback to another: the owner asked for this one. */
export class MediaToolSettingInvalid extends MediaError {
  readonly code = 'media.tool-setting-invalid';

  constructor(
    readonly tool: ToolName,
    readonly problem: string,
  ) {
    super(
      `${settingOf(tool)} does not name a usable ${tool}: ${problem}. Give the full path of the program, or remove the setting to look it up.`,
    );
  }
}

export interface ToolEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The last lines the program wrote to stderr, oldest first. */
  readonly lastWords: readonly string[];
}

/** The program ran and failed, was killed from outside, or could not be started. */
export class MediaToolFailed extends MediaError {
  readonly code = 'media.tool-failed';
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly lastWords: readonly string[];

  constructor(
    readonly tool: string,
    end: ToolEnd,
    options?: ErrorOptions,
  ) {
    const how =
      end.signal === undefined ? `ended with exit code ${end.exitCode ?? 'unknown'}` : `was killed by ${end.signal}`;
    super(
      `${tool} ${how}. ${end.lastWords.length > 0 ? `Its last output: ${end.lastWords.join(' | ')}` : 'It gave no output.'}`,
      options,
    );
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.lastWords = end.lastWords;
  }
}

export class MediaToolTimedOut extends MediaError {
  readonly code = 'media.tool-timed-out';

  constructor(
    readonly tool: string,
    readonly limitSeconds: number,
    readonly lastWords: readonly string[],
  ) {
    super(
      `${tool} was stopped: it was not done after ${limitSeconds} s. Check that the disk answers, then retry.` +
        (lastWords.length > 0 ? `Its last output: ${lastWords.join(' | ')}` : ''),
    );
  }
}

/** The disk (or a quota on it) is full. Nothing was left under the final name; retry once there is room. */
export class StorageFull extends MediaError {
  readonly code = 'media.storage-full';

  constructor(
    readonly path: string,
    readonly space?: { readonly neededBytes: number; readonly freeBytes: number },
    options?: ErrorOptions,
  ) {
    super(
      `There is not enough room on the disk of ${path}` +
        (space === undefined ? '' : ` (${space.neededBytes} bytes are needed, ${space.freeBytes} are free)`) +
        '. Free some space.',
      options,
    );
  }
}

/** The disk refuses: permissions, read-only, an I/O error. `errno` is the system's name, such as `EACCES`. */
export class StorageRefused extends MediaError {
  readonly code = 'media.storage-refused';

  constructor(
    readonly path: string,
    readonly errno: string,
    options?: ErrorOptions,
  ) {
    super(
      `${path} cannot be written (${errno}). Check the folder's owner and permissions and the state of the disk, then retry.`,
      options,
    );
  }
}

/** The recorded bytes are not where the ledger says: a part is missing, shorter than its ledger, or unreadable. */
export class SourceUnreadable extends MediaError {
  readonly code = 'media.source-unreadable';

  constructor(
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file} ${problem}. Restore the file from a backup, or give up this recording.`, options);
  }
}

/** Another program made a file with that name first. That file was not touched. */
export class TargetTaken extends MediaError {
  readonly code = 'media.target-taken';

  constructor(
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(`${path} already exists and does not belong to this recording. It was left as it is.`, options);
  }
}

export class NothingToFinalize extends MediaError {
  readonly code = 'media.nothing-to-finalize';

  constructor() {
    super('Nothing was captured: the ledger holds no media, so there is no video to make.');
  }
}

/** The recorded bytes contain neither video nor audio that ffmpeg understands. */
export class NoPlayableStreams extends MediaError {
  readonly code = 'media.no-playable-streams';

  constructor(readonly file: string) {
    super(
      `${file} contains neither video nor audio that ffmpeg understands. Look at what the source sends; a newer ffmpeg may know it.`,
    );
  }
}

export class DurationMismatch extends MediaError {
  readonly code = 'media.duration-mismatch';

  constructor(
    readonly file: string,
    readonly expectedSeconds: number,
    readonly actualSeconds: number,
  ) {
    super(
      `The video made for ${file} lasts ${actualSeconds.toFixed(3)} s, but the ledger holds ${expectedSeconds.toFixed(3)} s. ` +
        'It was discarded; the recorded parts are untouched. Retry, and if it happens again report it with the parts.',
    );
  }
}

export class VideoNotDecodable extends MediaError {
  readonly code = 'media.not-decodable';

  constructor(
    readonly file: string,
    readonly atSeconds: number,
    readonly lastWords: readonly string[],
  ) {
    super(
      `${file} gives no video or no audio at ${atSeconds.toFixed(1)} s${lastWords.length > 0 ? ` (ffmpeg: ${lastWords.join(' ')})` : ''}. ` +
        'The recorded parts are kept. Retry; if it happens again the source itself was broken there.',
    );
  }
}

export class StreamsMissing extends MediaError {
  readonly code = 'media.streams-missing';

  constructor(
    readonly file: string,
    readonly missing: readonly ('video' | 'audio')[],
  ) {
    super(
      `The video made for ${file} has no ${missing.join(' and no ')}, but the recorded parts have. It was discarded; retry with a newer ffmpeg.`,
    );
  }
}

/** There is no frame to take: the file contains only audio, or no frame that can be decoded. */
export class NoVideoStream extends MediaError {
  readonly code = 'media.no-video-stream';

  constructor(
    readonly file: string,
    problem = 'holds no video',
  ) {
    super(`${file} ${problem}, so no thumbnail can be made from it.`);
  }
}

export class NoKeyFrame extends MediaError {
  readonly code = 'media.no-key-frame';

  constructor(
    readonly file: string,
    readonly atSeconds: number,
  ) {
    super(`${file} has no key frame near second ${Math.round(atSeconds)}, so it cannot be cut there.`);
  }
}

function settingOf(tool: ToolName): string {
  return tool === 'ffmpeg' ? 'FFMPEG_PATH' : 'FFPROBE_PATH';
}

/** Turns a failed write into an error of this library. Any other error is returned as it is. */
export function asStorageError(error: unknown, path: string): unknown {
  const errno = errorCode(error);
  if (error instanceof MediaError || errno === undefined) return error;
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return new StorageFull(path, undefined, { cause: error });
  return /^E[A-Z]+$/.test(errno) ? new StorageRefused(path, errno, { cause: error }) : error;
}
