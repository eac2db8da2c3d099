import { EventRegistry, kernelEvents, type Projection } from '@streamvault/kernel';
import { videoEvents, videoLibraryProjection } from '@streamvault/library';
import { recordingEvents, recordingViewProjection } from '@streamvault/recording';
import { streamerEvents, streamerListProjection } from '@streamvault/streamers';

/** Every event that the server reads and writes. */
export const allEvents = (): EventRegistry =>
  new EventRegistry([...kernelEvents, ...streamerEvents, ...recordingEvents, ...videoEvents]);

/** Every read model that the server keeps. */
export const readModels: readonly Projection[] = [
  streamerListProjection,
  recordingViewProjection,
  videoLibraryProjection,
];
