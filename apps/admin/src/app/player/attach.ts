import type Hls from 'hls.js';

/** A source that plays in a media element until it is detached. */
export interface Attachment {
  /** The live position in media seconds; null if the source has ended or is not known yet. */
  livePoint(): number | null;
  /** The moment of the broadcast on the screen; null if the source does not say it. */
  wallClock(): Date | null;
  detach(): void;
}

export interface AttachmentReports {
  /**
   * It does not play at present. `again`: it is tried again without being asked. `isForeign`: this browser does not know its
   * format.
   */
  trouble(message: string, about: { readonly again?: boolean; readonly isForeign?: boolean }): void;
  recovered(): void;
}

/** After the library has given up on a playlist or a segment: the recording continues, so the player retries. */
const retryMilliseconds = 3000;

export function attachFile(
  media: HTMLVideoElement,
  url: string,
  reports: AttachmentReports,
  expectsPicture = false,
): Attachment {
  const fail = (): void => reports.trouble(...mediaErrorInWords(media.error));
  // A browser that does not know the format of the picture plays the audio and says nothing.
  const look = (): void => {
    if (expectsPicture && media.videoWidth === 0)
      reports.trouble('This browser cannot show the picture of this video: it does not know its format.', {
        isForeign: true,
      });
  };
  media.addEventListener('error', fail);
  media.addEventListener('loadedmetadata', look);
  media.src = url;
  return {
    livePoint: () => null,
    wallClock: () => null,
    detach: () => {
      media.removeEventListener('error', fail);
      media.removeEventListener('loadedmetadata', look);
      media.removeAttribute('src');
      media.load();
    },
  };
}

/**
 * Plays a playlist with hls.js, which is loaded only now; without media source extensions (iOS), with the browser's own
 * player.
 */
export async function attachPlaylist(
  media: HTMLVideoElement,
  url: string,
  reports: AttachmentReports,
  isWanted: () => boolean,
): Promise<Attachment | undefined> {
  const { default: Library } = await import('hls.js/light');
  if (!isWanted()) return undefined;
  if (Library.isSupported()) return attachWithLibrary(Library, media, url, reports);
  if (media.canPlayType('application/vnd.apple.mpegurl') === '') {
    reports.trouble(
      'This browser cannot play a recording while it grows. It will play here when the video is finished.',
      {},
    );
    return undefined;
  }
  const native = attachFile(media, url, reports);
  const livePoint = (): number | null =>
    Number.isFinite(media.duration) || media.seekable.length === 0
      ? null
      : media.seekable.end(media.seekable.length - 1);
  return { ...native, livePoint };
}

function attachWithLibrary(
  Library: typeof Hls,
  media: HTMLMediaElement,
  url: string,
  reports: AttachmentReports,
): Attachment {
  const { ErrorTypes, Events } = Library;
  const hls = new Library({
    backBufferLength: 120,
    maxBufferLength: 30,
    enableWorker: false,
    // Two segments behind the newest: with the usual 2 s segments that is 4 to 6 s behind the broadcast.
    liveSyncDurationCount: 2,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPlaylistLoaded = false;
  let triedRepair = false;

  hls.on(Events.LEVEL_UPDATED, () => {
    isPlaylistLoaded = true;
  });
  hls.on(Events.FRAG_BUFFERED, () => {
    triedRepair = false;
    reports.recovered();
  });
  hls.on(Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    if (error.type === ErrorTypes.NETWORK_ERROR) {
      reports.trouble('The server does not deliver the picture at the moment. Trying again.', { again: true });
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (isPlaylistLoaded) hls.startLoad();
        else hls.loadSource(url);
      }, retryMilliseconds);
    } else if (error.type === ErrorTypes.MEDIA_ERROR && !triedRepair) {
      triedRepair = true;
      hls.recoverMediaError();
    } else {
      reports.trouble(`This browser cannot decode the recording (${error.details}).`, { isForeign: true });
    }
  });
  hls.loadSource(url);
  hls.attachMedia(media);

  return {
    livePoint: () => (hls.latestLevelDetails?.live === true ? hls.liveSyncPosition : null),
    wallClock: () => hls.playingDate,
    detach: () => {
      clearTimeout(timer);
      hls.destroy();
    },
  };
}

/** `MediaError.code`, HTML standard §4.8.11.1. */
const networkError = 2;
const decodeError = 3;

function mediaErrorInWords(error: MediaError | null): Parameters<AttachmentReports['trouble']> {
  switch (error?.code) {
    case networkError:
      return ['The server stopped delivering the picture. Press play to go on.', {}];
    case decodeError:
      return ['The file is damaged at this place; go on a little further along.', {}];
    default:
      return [
        'The file could not be opened. It may have been removed, or the browser does not know its format.',
        { isForeign: true },
      ];
  }
}
