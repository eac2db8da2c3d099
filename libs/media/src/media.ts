import { cutVideo, type CutRequest } from './cut-video.js';
import { decodeErrors } from './decode-errors.js';
import { finalizeRuns, type FinalizedVideo, type FinalizeRequest } from './finalize.js';
import type { MediaProbe } from './media-probe.js';
import { makePoster, type PosterRequest } from './poster.js';
import { probe, type ProbeOptions } from './probe.js';
import { makeThumbnail, type Thumbnail, type ThumbnailRequest } from './thumbnail.js';
import { takeStill, type StillRequest } from './still.js';
import { makeStoryboard, type StoryboardRequest } from './storyboard.js';
import type { MediaTools } from './tools.js';
import { splitRun, type SplitRequest } from './split-run.js';
import type { MediaRun } from './runs.js';
import { verifyVideo, type VerifyRequest } from './verify-video.js';

/** The injection token of {@link Media}. */
export const MEDIA = Symbol('Media');

/** Everything that needs ffmpeg or ffprobe, with the programs already chosen. */
export interface Media {
  readonly tools: MediaTools;
  probe(file: string, options?: ProbeOptions): Promise<MediaProbe>;
  finalizeRuns(request: FinalizeRequest): Promise<readonly FinalizedVideo[]>;
  makeThumbnail(request: ThumbnailRequest): Promise<Thumbnail>;
  makeStoryboard(request: StoryboardRequest): Promise<void>;
  makePoster(request: PosterRequest): Promise<void>;
  cutVideo(request: CutRequest): Promise<MediaProbe>;
  takeStill(request: StillRequest): Promise<Uint8Array | undefined>;
  verifyVideo(request: VerifyRequest): Promise<void>;
  splitRun(request: SplitRequest): Promise<readonly (MediaRun | undefined)[]>;
  decodeErrors(file: string, signal?: AbortSignal): Promise<readonly string[]>;
}

export function createMedia(tools: MediaTools): Media {
  return {
    tools,
    probe: (file, options) => probe(tools, file, options),
    finalizeRuns: (request) => finalizeRuns(tools, request),
    makeThumbnail: (request) => makeThumbnail(tools, request),
    makeStoryboard: (request) => makeStoryboard(tools, request),
    cutVideo: (request) => cutVideo(tools, request),
    makePoster: (request) => makePoster(tools, request),
    takeStill: (request) => takeStill(tools, request),
    verifyVideo: (request) => verifyVideo(tools, request),
    splitRun: (request) => splitRun(tools, request),
    decodeErrors: (file, signal) => decodeErrors(tools, file, signal),
  };
}
