import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { importReport, type LoggedEvent, video as videoSchema } from '@streamvault/api-contract';
import { shortRecording } from './support/short-recording.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

const name = `It's "日本語" / ../../etc 🎮`;

const bringBack = async ({ api }: StreamVault, dryRun: boolean) =>
  importReport.parse((await api.request('POST', '/api/library/import', { body: { path: '.', dryRun } })).json);

const textOf = async ({ api }: StreamVault, address: string) => (await api.request('GET', address)).bytes.toString();

/** What somebody is told of an event, whatever log it stands in. */
const told = ({ type, version, data, recordedAt, id, metadata }: LoggedEvent) => {
  const { restored: _restored, ...before } = metadata;
  return { type, version, data, recordedAt, id, metadata: before };
};

it(
  'a library whose log is lost comes back from its files: the same video, chapters, gaps and story',
  inWorld(async (world) => {
    const server = await world.server();
    const { recording, video, streamerId } = await shortRecording(world, server, { name });
    const changed = await server.api.request('PATCH', `/api/videos/${video.id}`, {
      body: { title: name, protected: true },
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
    };
    expect(await readFile(info.replace(/\.info\.json$/, '.nfo'), 'utf8')).toContain('<season>');
    await server.stop();

    const other = await world.server({ RECORDINGS_DIR: server.recordingsDirectory });
    const [foreseen] = (await bringBack(other, true)).imported;
    expect(foreseen).toMatchObject({ videoId: null, restored: true, title: name });
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
    expect((await bringBack(other, false)).imported).toEqual([]);
    // Numbers that came back are not given out again, and nothing of the past is done once more.
    const next = await shortRecording(world, other, { name: 'Another' });
    expect([next.recording.id, next.video.id]).not.toContain(video.id);
    expect(next.recording.id).not.toBe(recording.id);
  }),
);
