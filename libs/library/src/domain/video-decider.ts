import type { Decider } from '@streamvault/kernel';
import {
  GraceNotOver,
  VideoBeingPurged,
  VideoBeingFilled,
  VideoBeingMoved,
  VideoDeleted,
  VideoInBin,
  VideoIsProtected,
  VideoNotFound,
  VideoNotInBin,
} from './video-errors.js';
import type { CutFacts, FilledGap, ImportedFacts, VideoEvent, VideoFacts } from './video-events.js';
import type { DoomedFile, ExistingVideo, VideoFilePlace, VideoPlace, VideoState } from './video-state.js';

/** `at`: when, ISO 8601 UTC. `by`: who. */
export type VideoCommand = { readonly videoId: number; readonly at: string } & (
  | { readonly type: 'AddVideo'; readonly facts: VideoFacts }
  | { readonly type: 'ImportVideo'; readonly by: string; readonly facts: ImportedFacts }
  | { readonly type: 'CutVideo'; readonly by: string; readonly facts: CutFacts }
  | {
      readonly type: 'ChangeVideo';
      readonly by: string;
      readonly title?: string | undefined;
      readonly isProtected?: boolean | undefined;
    }
  | { readonly type: 'MarkWatched'; readonly by: string; readonly isWatched: boolean }
  | {
      readonly type: 'BinVideo';
      readonly by: string;
      readonly rule: string | null;
      readonly bytes: number;
      readonly purgeAfter: string;
      readonly evenProtected: boolean;
    }
  | { readonly type: 'RestoreVideo'; readonly by: string }
  | {
      readonly type: 'StartPurge';
      readonly by: string;
      readonly files: readonly DoomedFile[];
      readonly beforeGraceEnds: boolean;
    }
  | { readonly type: 'FinishPurge'; readonly by: string; readonly bytesFreed: number }
  | {
      readonly type: 'FailPurge';
      readonly by: string;
      readonly cause: { readonly code: string; readonly message: string };
      readonly isVideoThere: boolean;
    }
  | { readonly type: 'MeasureVideo'; readonly by: string; readonly bytes: number; readonly durationSeconds: number }
  | { readonly type: 'StartMove'; readonly by: string; readonly to: VideoFilePlace }
  | { readonly type: 'FinishMove'; readonly by: string; readonly to: VideoFilePlace }
  | {
      readonly type: 'StartFill';
      readonly by: string;
      readonly from: string;
      readonly to: string;
      readonly until: string;
    }
  | ({
      readonly type: 'FinishFill';
      readonly by: string;
      readonly from: string;
      readonly to: string;
      readonly filled: FilledGap;
    } & Pick<VideoFacts, 'bytes' | 'durationSeconds' | 'width' | 'height' | 'codecs' | 'chapters'>)
  | {
      readonly type: 'FailFill';
      readonly by: string;
      readonly cause: { readonly code: string; readonly message: string };
    }
  | {
      readonly type: 'FailMove';
      readonly by: string;
      readonly cause: { readonly code: string; readonly message: string };
    }
);

export const videoDecider: Decider<VideoState, VideoCommand, VideoEvent> = {
  initialState: () => undefined,
  evolve,
  decide(command, state) {
    const { videoId } = command;
    if (command.type === 'AddVideo')
      return state ? [] : [{ type: 'VideoAdded', data: { videoId, ...command.facts, at: command.at } }];
    if (command.type === 'ImportVideo')
      return state
        ? []
        : [{ type: 'VideoImported', data: { videoId, ...command.facts, by: command.by, at: command.at } }];
    if (command.type === 'CutVideo')
      return state ? [] : [{ type: 'VideoCut', data: { videoId, ...command.facts, by: command.by, at: command.at } }];
    if (!state) throw new VideoNotFound(videoId);
    return decideOnKnown(command, state);
  },
};

function decideOnKnown(
  command: Exclude<VideoCommand, { type: 'AddVideo' | 'ImportVideo' | 'CutVideo' }>,
  video: ExistingVideo,
): readonly VideoEvent[] {
  const { place } = video;
  const { at, by, videoId } = command;
  const done = { videoId, by, at };
  switch (command.type) {
    case 'ChangeVideo':
      requireInLibrary(videoId, place);
      return changes(command, video).map((event) => ({ ...event, data: { ...done, ...event.data } }) as VideoEvent);
    case 'MarkWatched':
      requireInLibrary(videoId, place);
      if (command.isWatched) return isSameDay(video.watchedAt, at) ? [] : [{ type: 'VideoWatched', data: done }];
      return video.watchedAt === null ? [] : [{ type: 'VideoUnwatched', data: done }];
    case 'BinVideo': {
      if (place.kind === 'purged') throw new VideoDeleted(videoId, place.bin);
      // The first reason counts.
      if (place.kind !== 'library') return [];
      if (video.isProtected && !command.evenProtected) throw new VideoIsProtected(videoId);
      const { bytes, purgeAfter, rule } = command;
      return [{ type: 'VideoBinned', data: { ...done, rule, bytes, purgeAfter } }];
    }
    case 'RestoreVideo':
      if (place.kind === 'purged') throw new VideoDeleted(videoId, place.bin);
      if (place.kind === 'purging') throw new VideoBeingPurged(videoId);
      return place.kind === 'library' ? [] : [{ type: 'VideoRestored', data: done }];
    case 'StartPurge':
      if (place.kind === 'library') throw new VideoNotInBin(videoId);
      // Its files are on their way: nobody could tell which of them to remove.
      if (place.kind !== 'bin' || video.moving || isBeingFilled(video, at)) return [];
      if (!command.beforeGraceEnds && at < place.bin.purgeAfter) throw new GraceNotOver(videoId, place.bin.purgeAfter);
      return [{ type: 'VideoPurgeStarted', data: { ...done, files: command.files.map((file) => ({ ...file })) } }];
    case 'FinishPurge':
      return place.kind === 'purging'
        ? [{ type: 'VideoPurged', data: { ...done, bytesFreed: command.bytesFreed } }]
        : [];
    case 'FailPurge': {
      const { cause, isVideoThere } = command;
      return place.kind === 'purging' ? [{ type: 'VideoPurgeFailed', data: { ...done, cause, isVideoThere } }] : [];
    }
    case 'MeasureVideo': {
      requireInLibrary(videoId, place);
      const { bytes, durationSeconds } = command;
      if (bytes === video.bytes && durationSeconds === video.durationSeconds) return [];
      return [{ type: 'VideoMeasured', data: { ...done, bytes, durationSeconds } }];
    }
    case 'StartMove':
      // One in the bin stays where it is until it is restored or gone.
      if (place.kind !== 'library' || video.moving || isBeingFilled(video, at) || isAt(video, command.to)) return [];
      return [{ type: 'VideoMoveStarted', data: { ...done, ...command.to } }];
    case 'FinishMove':
      // Also where somebody moved the files by hand, and no move was started here.
      if (place.kind === 'purged' || (isAt(video, command.to) && !video.moving)) return [];
      return [{ type: 'VideoMoved', data: { ...done, ...command.to } }];
    case 'StartFill': {
      requireInLibrary(videoId, place);
      if (video.moving) throw new VideoBeingMoved(videoId);
      const { from, to, until } = command;
      if (isBeingFilled(video, at)) {
        if (video.filling?.from !== from) throw new VideoBeingFilled(videoId);
        return [];
      }
      return [{ type: 'VideoFillStarted', data: { ...done, from, to, until } }];
    }
    case 'FinishFill': {
      const { type: _type, videoId: _videoId, at: _at, by: _by, ...facts } = command;
      return video.filling?.from === facts.from ? [{ type: 'VideoFilled', data: { ...done, ...facts } }] : [];
    }
    case 'FailFill':
      return video.filling ? [{ type: 'VideoFillFailed', data: { ...done, cause: command.cause } }] : [];
    case 'FailMove':
      return video.moving ? [{ type: 'VideoMoveFailed', data: { ...done, cause: command.cause } }] : [];
    default:
      return command satisfies never;
  }
}

/** Watching twice within a day counts as once for the rules. */
const isSameDay = (before: string | null, at: string): boolean =>
  before !== null && Date.parse(at) - Date.parse(before) < 24 * 3600 * 1000;

/** Whether its file is being made again, and may be exchanged at any moment. */
export const isBeingFilled = ({ filling }: Pick<ExistingVideo, 'filling'>, at: string): boolean =>
  filling !== null && filling.until > at;

const isAt = (video: ExistingVideo, { file, thumbnailFile }: VideoFilePlace): boolean =>
  video.file === file && video.thumbnailFile === thumbnailFile;

function requireInLibrary(videoId: number, place: VideoPlace): void {
  if (place.kind === 'purged') throw new VideoDeleted(videoId, place.bin);
  if (place.kind !== 'library') throw new VideoInBin(videoId);
}

type Change = { readonly type: 'VideoRenamed' | 'VideoProtected' | 'VideoUnprotected'; readonly data: object };

function changes(
  { title, isProtected }: Extract<VideoCommand, { type: 'ChangeVideo' }>,
  video: ExistingVideo,
): readonly Change[] {
  const events: Change[] = [];
  if (title !== undefined && title !== video.title) events.push({ type: 'VideoRenamed', data: { title } });
  if (isProtected !== undefined && isProtected !== video.isProtected)
    events.push({ type: isProtected ? 'VideoProtected' : 'VideoUnprotected', data: {} });
  return events;
}

const fresh = {
  isProtected: false,
  watchedAt: null,
  place: { kind: 'library' },
  moving: null,
  filling: null,
  origin: null,
} as const;

function evolve(video: VideoState, event: VideoEvent): VideoState {
  if (event.type === 'VideoAdded') {
    const { at: _at, ...facts } = event.data;
    return { ...facts, ...fresh };
  }
  if (event.type === 'VideoImported') {
    const { at: _at, by: _by, ...facts } = event.data;
    return { ...facts, ...fresh, recordingId: null, outputNumber: 1, gaps: [] };
  }
  if (event.type === 'VideoCut') {
    const { at: _at, by: _by, ...facts } = event.data;
    return {
      ...facts,
      isProtected: false,
      watchedAt: null,
      place: { kind: 'library' },
      moving: null,
      filling: null,
      recordingId: null,
      outputNumber: 1,
    };
  }
  // Nothing can happen to a video that was never added.
  if (!video) return video;
  const { place } = video;
  switch (event.type) {
    case 'VideoRenamed':
      return { ...video, title: event.data.title };
    case 'VideoProtected':
    case 'VideoUnprotected':
      return { ...video, isProtected: event.type === 'VideoProtected' };
    case 'VideoWatched':
      return { ...video, watchedAt: event.data.at };
    case 'VideoUnwatched':
      return { ...video, watchedAt: null };
    case 'VideoBinned': {
      const { by, rule, at, bytes, purgeAfter } = event.data;
      return { ...video, place: { kind: 'bin', bin: { by, rule, at, bytes, purgeAfter, failure: null } } };
    }
    case 'VideoRestored':
      return { ...video, place: { kind: 'library' } };
    case 'VideoPurgeStarted':
      return place.kind === 'bin'
        ? { ...video, place: { kind: 'purging', bin: place.bin, files: event.data.files } }
        : video;
    case 'VideoPurgeFailed': {
      if (place.kind !== 'purging') return video;
      const { cause, isVideoThere } = event.data;
      const bin = { ...place.bin, failure: cause };
      return { ...video, place: isVideoThere ? { kind: 'bin', bin } : { ...place, bin } };
    }
    case 'VideoPurged': {
      if (place.kind !== 'purging') return video;
      const { at: purgedAt, bytesFreed } = event.data;
      return { ...video, place: { kind: 'purged', bin: place.bin, purgedAt, bytesFreed } };
    }
    case 'VideoMeasured': {
      const { bytes, durationSeconds } = event.data;
      return { ...video, bytes, durationSeconds };
    }
    case 'VideoFillStarted': {
      const { from, to, until } = event.data;
      return { ...video, filling: { from, to, until } };
    }
    case 'VideoFilled': {
      const { by: _by, at: _at, from, to: _to, filled, ...facts } = event.data;
      const gaps = video.gaps.map((gap) => (gap.from === from ? { ...gap, filled } : gap));
      return { ...video, ...facts, gaps, filling: null };
    }
    case 'VideoFillFailed':
      return { ...video, filling: null };
    case 'VideoMoveStarted': {
      const { file, thumbnailFile } = event.data;
      return { ...video, moving: { file, thumbnailFile } };
    }
    case 'VideoMoved': {
      const { file, thumbnailFile } = event.data;
      return { ...video, file, thumbnailFile, moving: null };
    }
    case 'VideoMoveFailed':
      return { ...video, moving: null };
    default:
      return event satisfies never;
  }
}

/** A video's events as its state; undefined before the first. */
export const foldVideo = (events: readonly { readonly type: string; readonly data: object }[]): VideoState =>
  // The registry gives only video events for a video's stream.
  (events as readonly VideoEvent[]).reduce<VideoState>(
    (state, event) => videoDecider.evolve(state, event),
    videoDecider.initialState(),
  );
