import type { StreamersOfItems } from '@streamvault/access';
import { DomainError, type ReadEvent, type ViewerScope } from '@streamvault/kernel';

/** The live feed of somebody who sees only some streamers. What cannot be said to be of one of them is not told. */
export function feedOfSome(
  streamerIds: readonly number[],
  streamers: Pick<StreamersOfItems, 'of' | 'known'>,
): ViewerScope {
  const seen = new Set(streamerIds);
  return {
    event: async (event) => {
      const streamerId = await streamerOf(event, streamers);
      return streamerId !== undefined && seen.has(streamerId);
    },
    progress: (recording) => {
      const id = 'recordingId' in recording ? Number(recording.recordingId) : 0;
      const streamerId = streamers.known('recording', id);
      // Told from the next second on.
      if (streamerId === undefined) void streamers.of('recording', id).catch(() => undefined);
      return streamerId !== undefined && seen.has(streamerId);
    },
  };
}

async function streamerOf(
  { stream, data }: Pick<ReadEvent, 'stream' | 'data'>,
  streamers: Pick<StreamersOfItems, 'of'>,
): Promise<number | undefined> {
  if ('streamerId' in data && typeof data.streamerId === 'number') return data.streamerId;
  const [, kind, id] = /^(streamer|recording|video)-(\d+)$/.exec(stream) ?? [];
  if (kind === undefined) return undefined;
  try {
    return await streamers.of(kind as 'streamer', Number(id));
  } catch (error) {
    // What is gone is nobody's news.
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
