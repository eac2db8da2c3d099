import { ApartOrigin } from '../../live-origin/apart.js';
import { over, starting } from './scenes-of-failure.js';
import { Stage, type Begun } from './stage.js';

/** Recordings whose raw parts are removed afterwards, as the server does unless told to keep them. */
export async function withoutParts(stage: Stage): Promise<void> {
  const several = await stage.manual({ profiles: [{ ...small, name: 'a' }], alternate: { ...small, width: 160 } });
  const begun = [
    await stage.begin('Without parts', await over(stage)),
    await stage.begin('Two, without parts', several.url),
  ];
  await stage.captured(begun[1]!, 6);
  several.broadcast.breakTimeline({ alternate: true });
  several.advance(3);
  several.end();
  for (const each of begun) await stage.told(each, 'PartsDiscarded');
}

const small = { name: 'small', width: 214, height: 120, frameRate: 30, bitrate: 150_000 };

/** The list itself: changed, and shortened. */
export async function changedStreamers({ server, world }: Stage): Promise<void> {
  const { api } = server;
  const { url } = await world.origin();
  const { id } = await api.addStreamer({ url, name: 'Before' });
  await api.request('PATCH', `/api/streamers/${id}`, { body: { name: 'After', quality: '720p60' } });
  await api.request('PATCH', `/api/streamers/${id}`, { body: { ads: 'keep', autoRecord: true, proxies: ['direct'] } });
  await api.request('PATCH', `/api/streamers/${id}`, { body: { proxies: null } });
  const removed = await api.addStreamer({ url: 'http://127.0.0.1:2/gone.m3u8', name: 'Removed' });
  await api.request('DELETE', `/api/streamers/${removed.id}`);
  // And again under the same address.
  await api.addStreamer({ url: 'http://127.0.0.1:2/gone.m3u8', name: 'There again', autoRecord: true });
}

/**
 * What continues when the server is back.
 * @returns what to do then
 */
export async function killed(stage: Stage): Promise<() => Promise<void>> {
  const [within, beyond] = [await stage.live(), await stage.manual()];
  const apart = await ApartOrigin.start('ts', 16);
  const begun = [
    await stage.begin('Killed', within.url),
    await stage.begin('Killed for long', beyond.url),
    await stage.begin('Killed, audio apart', apart.url),
  ];
  for (const each of begun) await stage.captured(each, 6);
  return async () => {
    beyond.advance(20);
    apart.shown.picture = apart.shown.sound = 12;
    for (const each of begun) await stage.captured(each, 12);
    apart.shown.picture = apart.shown.sound = 20;
    apart.ended = true;
    for (const each of begun.slice(0, 2)) await stage.stopped(each);
    await stage.completed(begun[2]!);
    await apart.close();
  };
}

/** One in each state in which a power failure can find a recording. */
export async function leftOpen(stage: Stage): Promise<readonly Begun[]> {
  const { api } = stage.server;
  const live = await stage.live();
  const capturing = await stage.begin('Left capturing', live.url);
  const silent = await stage.live();
  const reconnecting = await stage.begin('Left reconnecting', silent.url);
  await stage.captured(capturing, 5);
  await stage.captured(reconnecting, 5);

  await stage.ffmpeg.holdFor('finalize', 'Left finalizing');
  await stage.ffmpeg.holdFor('thumbnail', 'Left at a step');
  const finalizing = await stage.begin('Left finalizing', await over(stage));
  const atStep = await stage.begin('Left at a step', await over(stage));
  await stage.told(finalizing, 'CaptureEnded');
  await stage.told(atStep, 'StepStarted');
  silent.faults.playlist({ kind: 'frozen' });
  await api.reaches(reconnecting.recordingId, 'reconnecting', 60);
  const begins = await starting(stage, 'Left starting');
  await api.reaches(begins.recordingId, 'starting');
  return [capturing, reconnecting, finalizing, atStep, begins];
}
