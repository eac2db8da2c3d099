import { EventRegistry, kernelEvents, type ReadEvent } from '@streamvault/kernel';
import { categoryOf, type FoldStream } from '@streamvault/event-store';
import { foldVideo, videoEvents } from '@streamvault/library';
import { foldRecording, recordingEvents } from '@streamvault/recording';
import { foldStreamer, streamerEvents } from '@streamvault/streamers';

const registry = new EventRegistry([...kernelEvents, ...streamerEvents, ...recordingEvents, ...videoEvents]);

/** By category, with the very code that runs live. */
const folds: Readonly<Record<string, (events: readonly ReadEvent[]) => unknown>> = {
  recording: (events) => foldRecording(events),
  streamer: (events) => foldStreamer(events),
  video: (events) => foldVideo(events),
};

/** The state of a stream as JSON; undefined for streams of bookkeeping, which have events and no state. */
export const foldStream: FoldStream = async (stream, events) => {
  const fold = folds[categoryOf(stream) ?? ''];
  if (fold === undefined) return undefined;
  const read: ReadEvent[] = [];
  for await (const event of events) read.push(registry.read(event));
  return JSON.stringify(fold(read));
};
