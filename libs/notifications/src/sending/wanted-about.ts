import type { StreamerStreams } from '@streamvault/streamers';
import type { Notice } from '../domain/notice.js';

/** Whether this kind of notice is sent about its streamer at all. Each target chooses from those. */
export async function isWantedAbout(
  { kind, streamerId }: Pick<Notice, 'kind' | 'streamerId'>,
  streamers: Pick<StreamerStreams, 'defaults' | 'find'>,
): Promise<boolean> {
  // What belongs to no streamer is for everybody; what belonged to one that was removed is as for all.
  if (streamerId === null) return true;
  const { notices } = (await streamers.find(streamerId)) ?? (await streamers.defaults());
  return notices === null || notices.includes(kind);
}
