import type { StreamersOfItems } from '@streamvault/access';
import { DomainError, type ReadEvent, type ViewerScope } from '@streamvault/kernel';

/** The live feed for a viewer of some streamers. Events without a known streamer are not sent. */
export function feedOfSome(
  streamerIds: readonly number[],
  streamers: Pick<StreamersOfItems, 'of' | 'known'>,
  may: ViewerScope['may'],
): Required<ViewerScope> {
  const seen = new Set(streamerIds);
  return {
    may,
    event: async (event) => {
      const streamerId = await streamerOf(event, streamers);
      return streamerId !== undefined && seen.has(streamerId);
    },
    progress: (recording) => {
      const id = 'recordingId' in recording ? Number(recording.recordingId) : 0;
      const streamerId = streamers.known('recording', id);
      // Sent from the next second on.
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
  const [, kind, id] = /^(streamer|recording|video|rules)-(\d+)$/.exec(stream) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'rules') return Number(id);
  try {
    return await streamers.of(kind as 'streamer', Number(id));
  } catch (error) {
    // A deleted thing is reported to no one.
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
