import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { importReport, type LoggedEvent, video as videoSchema } from '@streamvault/api-contract';
import { shortRecording } from './support/short-recording.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

const name = `It's "日本語" / ../../etc 🎮`;
const title = 'The "last" ferry / 渡し船 🎮';

const bringBack = async ({ api }: StreamVault, dryRun: boolean) =>
  importReport.parse((await api.request('POST', '/api/library/import', { body: { path: '.', dryRun } })).json);

const textOf = async ({ api }: StreamVault, address: string) => (await api.request('GET', address)).bytes.toString();

/** What somebody is told of an event, whatever log it stands in. */
const told = ({ type, version, data, recordedAt, id, metadata }: LoggedEvent) => {
  const { restored: _restored, ...before } = metadata;
  return { type, version, data, recordedAt, id, metadata: before };
};

it(
  'a library whose log is lost comes back from its files: the same video, chapters, gaps, advertising and story',
  inWorld(async (world) => {
    const server = await world.server();
    const { recording, video, streamerId } = await shortRecording(world, server, { name, isTroubled: true });
    expect(recording).toMatchObject({ gapSeconds: 1, adSeconds: 3, ads: [{ kept: false }] });
    expect(video.gaps).toMatchObject([{ seconds: 1, cause: { code: 'source.not-found' } }]);
    const changed = await server.api.request('PATCH', `/api/videos/${video.id}`, {
      body: { title, protected: true },
    });
    const files = await readdir(server.recordingsDirectory, { recursive: true });
    const file = files.find((each) => each.endsWith('.mp4')) ?? '';
    expect(file.split('/')).toHaveLength(2);
    const info = path.join(server.recordingsDirectory, file.replace(/\.mp4$/, '.info.json'));
    await until('the info file told all of it', async () => {
      const text = await readFile(info, 'utf8');
      return ['RecordingCompleted', 'VideoRenamed', 'VideoProtected'].every((type) => text.includes(`"${type}"`));
    });
    const before = {
      recording: await server.api.recording(recording.id),
      story: await server.api.story(recording.id),
      chapters: await textOf(server, `/api/videos/${video.id}/chapters.vtt`),
      timeline: await textOf(server, `/api/videos/${video.id}/timeline`),
    };
    expect((JSON.parse(before.timeline) as { items: object[] }).items.length).toBeGreaterThan(1);
    expect(await readFile(info.replace(/\.info\.json$/, '.nfo'), 'utf8')).toContain('<season>');
    await server.stop();

    const other = await world.server({ RECORDINGS_DIR: server.recordingsDirectory });
    const [foreseen] = (await bringBack(other, true)).imported;
    expect(foreseen).toMatchObject({ videoId: null, restored: true, title });
    const report = await bringBack(other, false);
    expect(report).toMatchObject({
      imported: [{ videoId: video.id, streamerId, restored: true }],
      skipped: [],
      unreadable: [],
    });
    expect(await other.api.video(video.id)).toEqual(videoSchema.parse(changed.json));
    const { revision: _later, ...again } = await other.api.recording(recording.id);
    const { revision: _earlier, ...known } = before.recording;
    expect(again).toEqual(known);
    const story = await other.api.story(recording.id);
    expect(story.slice(0, before.story.length).map((event) => told(event))).toEqual(
      before.story.map((event) => told(event)),
    );
    expect(await textOf(other, `/api/videos/${video.id}/chapters.vtt`)).toBe(before.chapters);
    expect(await textOf(other, `/api/videos/${video.id}/timeline`)).toBe(before.timeline);
    expect((await bringBack(other, false)).imported).toEqual([]);
    // Numbers that came back are not given out again, and nothing of the past is done once more.
    const next = await shortRecording(world, other, { name: 'Another' });
    expect([next.recording.id, next.video.id]).not.toContain(video.id);
    expect(next.recording.id).not.toBe(recording.id);
  }),
);

it(
  'a library is cut, counted, watched and moved, and the move goes on after kill -9',
  inWorld(async (world) => {
    const server = await world.server();
    const { video, streamerId } = await shortRecording(world, server, { name });
    const answer = async (method: string, path: string, body?: object) => {
      const { status, json } = await server.api.request(method, path, body && { body });
      return { status, json };
    };
    const cut = await answer('POST', `/api/videos/${video.id}/cut`, { fromSeconds: 1, toSeconds: 5 });
    expect(cut).toMatchObject({ status: 201, json: { streamerId, origin: { videoId: video.id, fromSeconds: 1 } } });
    const { id: pieceId } = videoSchema.parse(cut.json);
    expect(await answer('GET', `/api/videos/${video.id}/cuts`)).toMatchObject({
      json: { items: [{ fromSeconds: 1, state: 'done', videoId: pieceId, failure: null }] },
    });
    expect((await server.api.request('GET', `/api/videos/${pieceId}/stream`)).status).toBe(200);
    // Without a recording, nobody but a reaction makes its pictures.
    await until('the piece had a storyboard', async () => {
      const { status } = await server.api.request('GET', `/api/videos/${pieceId}/storyboard.vtt`);
      return status === 200;
    });

    expect(await answer('PUT', `/api/videos/${video.id}/position`, { seconds: 3 })).toMatchObject({ status: 200 });
    expect(await answer('GET', '/api/watching')).toMatchObject({
      json: { items: [{ videoId: video.id, seconds: 3 }] },
    });
    await answer('POST', `/api/videos/${pieceId}/watched`);
    const watched = await Promise.all(['true', 'false'].map((is) => answer('GET', `/api/videos?watched=${is}`)));
    expect(watched).toMatchObject([{ json: { items: [{ id: pieceId }] } }, { json: { items: [{ id: video.id }] } }]);
    const bulk = await answer('POST', '/api/videos/bulk/change', {
      videoIds: [video.id, pieceId, 999],
      protected: true,
    });
    expect(bulk).toMatchObject({
      json: { done: [video.id, pieceId], failed: [{ videoId: 999, code: 'video.not-found' }] },
    });
    expect(await answer('GET', '/api/library/statistics')).toMatchObject({
      json: { total: { videos: 2 }, streamers: [{ streamerId, videos: 2 }], months: [{ videos: 2 }] },
    });

    const { json: preview } = await answer('POST', '/api/library/names/preview', {
      template: '{streamer}/{episode} {title}',
    });
    expect(preview).toMatchObject({ problems: [], examples: [{ videoId: null }, { videoId: expect.any(Number) }, {}] });
    await answer('PATCH', '/api/library/settings', {
      template: '{streamer}/Season {year}/{streamer} - {episode} - {title}',
    });
    expect(await answer('POST', '/api/library/move', {})).toMatchObject({
      json: { planned: { videos: 2, toMove: 2 } },
    });
    expect(await answer('POST', '/api/library/move', { dryRun: false })).toMatchObject({ status: 200 });
    await server.kill();
    await server.start();
    await until(
      'the move was finished',
      async () => {
        const { json } = await answer('GET', '/api/library/move');
        return (json as { last: object | null }).last !== null;
      },
      { seconds: 60 },
    );
    const files = await readdir(server.recordingsDirectory, { recursive: true });
    const videos = files.filter((file) => file.endsWith('.mp4'));
    expect(videos).toHaveLength(2);
    for (const file of videos) expect(file).toMatch(/\/Season \d{4}\/.* - S\d{4}E\d{6} - /);
    for (const id of [video.id, pieceId])
      expect((await server.api.request('GET', `/api/videos/${id}/stream`)).status).toBe(200);
    expect(await answer('GET', '/api/library/consistency')).toMatchObject({
      json: { missing: [], changed: [], unknown: [], leftovers: [] },
    });
    expect(await answer('GET', '/api/watching')).toMatchObject({
      json: { items: [{ videoId: video.id, seconds: 3 }] },
    });
  }),
);
