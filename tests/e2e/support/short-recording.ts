import type { Recording, Video } from '@streamvault/api-contract';
import type { StreamVault } from './stream-vault.js';
import type { World } from './world.js';

/** A finished recording of a short broadcast that had already ended; quick to make. */
export async function shortRecording(
  world: World,
  server: StreamVault,
  {
    name = 'Short broadcast',
    segments = 4,
    isTroubled = false,
  }: {
    readonly name?: string;
    readonly segments?: number;
    /** With a gap of a second and three of advertising, which are left out. */
    readonly isTroubled?: boolean;
  } = {},
): Promise<{ readonly streamerId: number; readonly recording: Recording; readonly video: Video }> {
  const origin = await world.origin({ window: isTroubled ? 8 : segments, initial: segments });
  if (isTroubled) origin.faults.segments({ kind: 'status', status: 404 }, [2]);
  else origin.end();
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name, patienceSeconds: 0 });
  const { recordingId } = await server.api.start(streamerId);
  if (isTroubled) {
    origin.broadcast.showAds(3);
    const next = origin.requested(/00007\.ts/);
    origin.advance(4);
    await next;
    // With that, the refused segment leaves the list, and its loss is final.
    origin.advance(3);
    origin.end();
  }
  const recording = await server.api.reaches(recordingId, 'completed');
  return { streamerId, recording, video: await server.api.video(recording.videoId ?? 0) };
}
