import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { RtspSource } from '../capture/ffmpeg-rtsp-source.js';
import { inWorld } from './support/world.js';

const cameras: RtspSource[] = [];
afterEach(async () => {
  for (const camera of cameras.splice(0)) await camera.kill();
});

/** Every file below a folder that holds these words. */
async function filesWith(words: string, folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const found: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile() && (await readFile(file)).includes(words)) found.push(name);
  }
  return found;
}

it(
  'a camera that requires a login is recorded, and the login is in no answer, log, event or file',
  inWorld(async (world) => {
    const camera = await RtspSource.start();
    cameras.push(camera);
    camera.login = { scheme: 'digest', user: 'me', password: 'hidden-word' };
    const server = await world.server();
    const typed = camera.url.replace('rtsp://', 'rtsp://me:hidden-word@');
    const added = await server.api.addStreamer({ url: typed });
    expect(added.url).toBe(camera.url);
    const { recordingId } = await server.api.start(added.id);
    await server.api.reaches(recordingId, 'capturing');
    await server.api.stop(added.id);
    await server.api.reaches(recordingId, 'completed');
    const answers = await Promise.all(
      ['/api/streamers', `/api/recordings/${recordingId}/events`, '/api/audit/events', '/health', '/metrics'].map(
        async (route) => (await server.api.fetch(route)).text(),
      ),
    );
    expect(answers.join('')).not.toContain('hidden-word');
    expect(server.log).not.toContain('hidden-word');
    expect(await filesWith('hidden-word', server.dataDirectory)).toEqual([]);
    const vault = path.join(server.dataDirectory, 'secrets');
    expect(await readdir(vault)).toHaveLength(1);

    const taken = await server.api.fetch(`/api/streamers/${added.id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ credentials: null }),
    });
    expect(taken.status).toBe(200);
    expect(await readdir(vault)).toEqual([]);
  }),
);
