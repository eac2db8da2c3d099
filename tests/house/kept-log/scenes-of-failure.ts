import { randomBytes } from 'node:crypto';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlaylistFault } from '../../live-origin/live-origin.js';
import type { Scene, Stage } from './stage.js';

/** Recordings that fail, are cancelled, or need several attempts. */
export const scenesOfFailure: readonly Scene[] = [
  (stage) => refused(stage, 'Not there', { kind: 'status', status: 404 }),
  (stage) => refused(stage, 'A web page', { kind: 'html' }),
  (stage) => refused(stage, 'Says nothing', { kind: 'silent' }),
  async function nobodyListens(stage) {
    await stage.failed(await stage.begin('Nobody listens', 'http://127.0.0.1:1/live.m3u8'));
  },
  async function offlineOnTwitch(stage) {
    stage.twitch.channels.set('is_offline', {});
    await stage.failed(await stage.begin('Offline', 'https://www.twitch.tv/is_offline'));
  },
  async function retriedAfterFailure(stage) {
    const origin = await stage.live();
    origin.faults.playlist({ kind: 'status', status: 403 });
    const begun = await stage.begin('Retried after a failure', origin.url);
    await stage.failed(begun);
    origin.faults.clear();
    await stage.server.api.retry(begun.recordingId);
    await stage.captured(begun, 4);
    origin.end();
    await stage.completed(begun);
  },
  async function undecodable(stage) {
    const origin = await stage.live();
    const begun = await stage.begin('Undecodable', origin.url);
    await stage.captured(begun, 6);
    origin.faults.playlist({ kind: 'frozen' });
    await stage.server.api.reaches(begun.recordingId, 'reconnecting', 60);
    await spoil(stage.server.workFolder(begun.recordingId));
    await stage.server.api.stop(begun.streamerId);
    await stage.failed(begun);
  },
  async function videoAtTheSecondAttempt(stage) {
    const name = 'Video at the second attempt';
    await stage.ffmpeg.failFor('finalize', name, 1);
    const begun = await stage.begin(name, await over(stage));
    await stage.completed(begun);
  },
  async function videoAfterRetry(stage) {
    const name = 'Video after a retry';
    await stage.ffmpeg.failFor('finalize', name);
    const begun = await stage.begin(name, await over(stage));
    await stage.failed(begun);
    await stage.ffmpeg.mendFor('finalize', name);
    await stage.server.api.retry(begun.recordingId);
    await stage.completed(begun);
  },
  async function stillAtTheSecondAttempt(stage) {
    const name = 'Still at the second attempt';
    await stage.ffmpeg.failFor('thumbnail', name, 1);
    await stage.completed(await stage.begin(name, await over(stage)));
  },
  async function stillAfterRetry(stage) {
    const begun = await withoutStill(stage, 'Still after a retry');
    await stage.ffmpeg.mendFor('thumbnail', 'Still after a retry');
    const path = `/api/recordings/${begun.recordingId}/steps/thumbnail/retry`;
    await stage.server.api.request('POST', path);
    await stage.server.api.recordingThat(begun.recordingId, 'has its still', ({ steps, state }) => {
      return state === 'completed' && steps.every((step) => step.state === 'succeeded');
    });
  },
  async function stillNever(stage) {
    await withoutStill(stage, 'Still never');
  },
  async function calledOffWhileCapturing(stage) {
    const origin = await stage.live();
    const begun = await stage.begin('Called off while capturing', origin.url);
    await stage.captured(begun, 5);
    await stage.server.api.cancel(begun.recordingId);
    await stage.told(begun, 'PartClosed');
  },
  async function calledOffWhileStarting(stage) {
    const begun = await starting(stage, 'Called off while starting');
    await stage.server.api.cancel(begun.recordingId);
  },
  async function stoppedWithNothing(stage) {
    const begun = await starting(stage, 'Stopped with nothing');
    await stage.server.api.stop(begun.streamerId);
    await stage.server.api.reaches(begun.recordingId, 'cancelled');
  },
];

async function refused(stage: Stage, name: string, fault: PlaylistFault): Promise<void> {
  const origin = await stage.live();
  origin.faults.playlist(fault);
  await stage.failed(await stage.begin(name, origin.url));
}

/** A broadcast of four seconds that has ended. */
export async function over(stage: Stage): Promise<string> {
  const origin = await stage.manual({ window: 4 });
  origin.end();
  return origin.url;
}

export async function starting(stage: Stage, name: string) {
  const origin = await stage.live();
  origin.faults.playlist({ kind: 'silent' });
  const asked = origin.requested();
  const begun = await stage.begin(name, origin.url);
  await asked;
  return begun;
}

async function withoutStill(stage: Stage, name: string) {
  await stage.ffmpeg.failFor('thumbnail', name);
  const begun = await stage.begin(name, await over(stage));
  await stage.completed(begun);
  return begun;
}

/** Replaces what was captured with noise of the same length. */
async function spoil(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('part-')) continue;
    const file = path.join(folder, name);
    await writeFile(file, randomBytes((await stat(file)).size));
  }
}
