import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FfmpegSource, freePort, isListening } from '../../capture/ffmpeg-source.js';
import { until } from '../../e2e/support/until.js';
import { ApartOrigin } from '../../live-origin/apart.js';
import { SMALL, SMALLER } from '../../live-origin/live-origin.js';
import type { PackedFormat } from '../../live-origin/packed.js';
import type { Scene, Stage } from './stage.js';

/** Recordings that become a video, each in its own way. */
export const scenesOfCapture: readonly Scene[] = [
  async function stoppedByHand(stage) {
    const origin = await stage.live({ container: 'fmp4' });
    const begun = await stage.begin('Stopped by hand', origin.url);
    await stage.captured(begun, 6);
    await stage.stopped(begun);
    // The same streamer a second time, with a key by which the request would be recognized.
    const again = await stage.server.api.request('POST', `/api/recording/start/${begun.streamerId}`, {
      headers: { 'Idempotency-Key': 'kept-log-1' },
    });
    const { recordingId } = again.json as { recordingId: number };
    await stage.captured({ ...begun, recordingId }, 4);
    await stage.stopped({ ...begun, recordingId });
  },
  async function chosenVariant(stage) {
    const origin = await stage.live({ profiles: [SMALL, SMALLER] });
    const begun = await stage.begin('Chosen variant', origin.url, { quality: '120p', proxies: ['direct'] });
    await stage.captured(begun, 5);
    origin.end();
    await stage.completed(begun);
  },
  async function severalOutputs(stage) {
    const origin = await stage.manual({ profiles: [SMALL], alternate: SMALLER });
    const begun = await stage.begin('Ünsal & Söhne / live: "2 Größen"', origin.url);
    await stage.captured(begun, 6);
    for (const alternate of [true, false]) {
      origin.broadcast.breakTimeline({ alternate });
      origin.advance(3);
      await stage.captured(begun, alternate ? 9 : 12);
    }
    origin.end();
    await stage.completed(begun);
  },
  async function missingSegments(stage) {
    const origin = await stage.live();
    origin.faults.segments({ kind: 'status', status: 404 }, [7, 8]);
    const begun = await stage.begin('Missing segments', origin.url);
    await stage.told(begun, 'GapRecorded');
    await stage.stopped(begun);
  },
  async function retriedRequests(stage) {
    const origin = await stage.live({ keys: { every: 4, vector: 'given' } });
    origin.faults.segments({ kind: 'status', status: 502 }, [5, 6], 2);
    const begun = await stage.begin('Retried requests', origin.url);
    await stage.captured(begun, 9);
    await stage.stopped(begun);
  },
  async function awayForLong(stage) {
    const origin = await stage.manual();
    const begun = await stage.begin('Away for long', origin.url);
    await stage.captured(begun, 6);
    origin.faults.playlist({ kind: 'status', status: 503 });
    await stage.server.api.reaches(begun.recordingId, 'reconnecting', 60);
    origin.advance(120);
    origin.faults.clear();
    await stage.captured(begun, 12);
    await stage.stopped(begun);
  },
  async function numbersBeginAgain(stage) {
    const origin = await stage.manual();
    const begun = await stage.begin('Numbers begin again', origin.url);
    await stage.captured(begun, 6);
    origin.broadcast.resetSequence();
    origin.advance(6);
    await stage.captured(begun, 10);
    await stage.stopped(begun);
  },
  async function adsKept(stage) {
    const origin = await stage.live();
    const begun = await stage.begin('Ads kept', origin.url, { ads: 'keep' });
    await stage.captured(begun, 5);
    origin.broadcast.showAds(4);
    await stage.told(begun, 'AdRecorded');
    await stage.stopped(begun);
  },
  async function adsFirst(stage) {
    const origin = await stage.live({ initial: 0 });
    // Longer than the engine is silent about it, and than half of the server's wait for first bytes.
    origin.broadcast.showAds(36);
    origin.advance();
    const begun = await stage.begin('Ads first', origin.url);
    await stage.told(begun, 'DeadlineMoved');
    await stage.captured(begun, 3);
    await stage.stopped(begun);
  },
  async function twitchFoundAgain(stage) {
    const origin = await stage.live({ profiles: [SMALL, SMALLER] });
    stage.twitch.channels.set('found_again', { origin });
    const begun = await stage.begin('Found again', 'https://www.twitch.tv/Found_Again', { quality: '120p' });
    await stage.captured(begun, 5);
    stage.twitch.front.refuse(403);
    await until('it was found again', async () => {
      const story = await stage.server.api.story(begun.recordingId);
      return story.filter(({ type }) => type === 'SourceOpened').length > 1;
    });
    origin.broadcast.showAds(5, { mark: 'pods' });
    await stage.told(begun, 'AdRecorded');
    origin.end();
    await stage.completed(begun);
  },
  (stage) => apart(stage, 'Apart', 'ts'),
  (stage) => apart(stage, 'Apart, audio lost', 'fmp4', { gap: 'sound-003.m4s' }),
  (stage) => apart(stage, 'Apart, bare MP3', 'ts', { packed: 'mp3' }),
  async function radio(stage) {
    const origin = await ApartOrigin.start('ts', 8, 'aac');
    try {
      origin.shown.sound = 20;
      const begun = await stage.begin('Radio', origin.soundUrl, { quality: 'audio' });
      await stage.captured(begun, 8);
      origin.ended = true;
      await stage.completed(begun);
    } finally {
      await origin.close();
    }
  },
  async function overRtmp(stage) {
    const port = await freePort('tcp');
    const address = `rtmp://127.0.0.1:${port}/live/key`;
    const source = new FfmpegSource(['-f', 'flv', '-listen', '1', address]);
    try {
      await until('the source was there', () => isListening(port));
      const begun = await stage.begin('Over RTMP', address);
      await stage.captured(begun, 3);
      await stage.stopped(begun);
    } finally {
      await source.kill();
    }
  },
  async function silentUntilGivenUp(stage) {
    const origin = await stage.live();
    const begun = await stage.begin('Silent until given up', origin.url);
    await stage.captured(begun, 5);
    origin.faults.playlist({ kind: 'frozen' });
    await stage.completed(begun);
  },
];

async function apart(
  stage: Stage,
  name: string,
  container: 'ts' | 'fmp4',
  { gap, packed }: { readonly gap?: string; readonly packed?: PackedFormat } = {},
): Promise<void> {
  const origin = await ApartOrigin.start(container, 8, packed);
  try {
    if (gap !== undefined) origin.gaps.add(gap);
    origin.shown.picture = origin.shown.sound = 20;
    origin.ended = true;
    await stage.completed(await stage.begin(name, origin.url));
  } finally {
    await origin.close();
  }
}

/** A program that answers like streamlink: the page is that broadcast. */
export async function fakeStreamlink(folder: string, url: string): Promise<string> {
  const program = path.join(folder, 'streamlink');
  const json = JSON.stringify({ type: 'hls', url, headers: {} });
  await writeFile(program, `#!/bin/sh\n[ "$1" = --version ] && echo "streamlink 8.6.2" || echo '${json}'\n`);
  await chmod(program, 0o755);
  return program;
}
