import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Video } from '@streamvault/api-contract';
import { shortRecording } from './support/short-recording.js';
import type { StreamVault } from './support/stream-vault.js';
import { within } from './support/until.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;
let video: Video;
let aside: string;
const files = new Map<string, string>();

beforeAll(
  showing(async () => {
    server = await world.server();
    ({ video } = await shortRecording(world, server));
    aside = await world.directory();
    const names = await readdir(server.recordingsDirectory, { recursive: true });
    const file = path.join(
      server.recordingsDirectory,
      names.find((name) => name.endsWith('.mp4'))!,
    );
    files.set('stream', file).set('thumbnail', file.replace(/\.mp4$/, '.jpg'));
  }),
);
afterAll(() => world.close());

interface Place {
  readonly file: string;
  readonly folder: string;
}

/** What may have happened to the file. Each is undone afterwards. */
const mishaps: readonly (readonly [string, (place: Place) => Promise<void>])[] = [
  ['is gone', ({ file }) => rm(file)],
  [
    'is a directory',
    async ({ file }) => {
      await rm(file);
      await mkdir(file);
    },
  ],
  ['is empty', ({ file }) => truncate(file)],
  ['may not be read', ({ file }) => chmod(file, 0o000)],
  [
    'is a pipe that nobody writes to',
    async ({ file }) => {
      await rm(file);
      execFileSync('mkfifo', [file]);
    },
  ],
  [
    'is a link to itself',
    async ({ file }) => {
      await rm(file);
      await symlink(path.basename(file), file);
    },
  ],
  [
    'is a link to nothing',
    async ({ file }) => {
      await rm(file);
      await symlink('nowhere', file);
    },
  ],
  [
    'is a link out of the library',
    async ({ file }) => {
      await rm(file);
      const secret = path.join(aside, 'secret');
      await writeFile(secret, 'not for the world');
      await symlink(secret, file);
    },
  ],
  [
    'is a device',
    async ({ file }) => {
      await rm(file);
      await symlink('/dev/zero', file);
    },
  ],
  [
    'lies in a folder that is a link out of the library',
    async ({ file, folder }) => {
      const outside = path.join(aside, 'outside');
      await mkdir(outside, { recursive: true });
      await copyFile(file, path.join(outside, path.basename(file)));
      await rename(folder, `${folder}.aside`);
      await symlink(outside, folder);
    },
  ],
  [
    'lies in what is no folder any more',
    async ({ folder }) => {
      await rename(folder, `${folder}.aside`);
      await writeFile(folder, 'a file');
    },
  ],
  ['lies in a folder that is gone', ({ folder }) => rename(folder, `${folder}.aside`)],
];

const isRoot = process.getuid?.() === 0;

describe.each(['thumbnail', 'stream'] as const)('a %s', (route) => {
  const ask = (method = 'GET', headers = {}) =>
    within(10, 'the server answered', server.api.request(method, `/api/videos/${video.id}/${route}`, { headers }));

  it.each(mishaps)('whose file %s is a 404', async (name, happen) =>
    inThis(world, async () => {
      const file = files.get(route)!;
      const place = { file, folder: path.dirname(file) };
      const kept = path.join(aside, `kept-${route}`);
      await copyFile(file, kept);
      try {
        await happen(place);
        // Nothing is unreadable for root, so there the file is simply served.
        const statuses = isRoot && name === 'may not be read' ? [200, 206] : [404];
        expect(statuses).toContain((await ask()).status);
        expect(statuses).toContain((await ask('HEAD')).status);
        expect(statuses).toContain((await ask('GET', { Range: 'bytes=0-9' })).status);
        expect((await ask()).bytes.toString()).not.toContain('not for the world');
      } finally {
        await rm(`${place.folder}.aside`, { force: true }).catch(async () => {
          await rm(place.folder, { recursive: true, force: true });
          await rename(`${place.folder}.aside`, place.folder);
        });
        await rm(file, { recursive: true, force: true });
        await copyFile(kept, file);
      }
      expect((await ask()).status).toBe(200);
    }),
  );

  it('of an unknown video is a 404', async () => {
    expect((await server.api.request('GET', `/api/videos/424242/${route}`)).status).toBe(404);
  });
});

it(
  'a file that is cut short while it is sent breaks the connection, and nothing else',
  showing(async () => {
    const file = files.get('stream')!;
    const kept = path.join(aside, 'kept-whole');
    await copyFile(file, kept);
    try {
      const answer = await server.api.fetch(video.streamUrl);
      await truncate(file, 10);
      // Whether all of it had been sent by then is chance; what counts is that it ends, and the server continues.
      await within(
        10,
        'the answer ended',
        answer
          .arrayBuffer()
          .then(() => true)
          .catch(() => true),
      );
      expect(await server.api.warnings()).toEqual([]);
    } finally {
      await copyFile(kept, file);
    }
  }),
);

it(
  'the raw parts of a recording are as safe',
  showing(async () => {
    const folder = server.workFolder(video.recordingId!);
    const parts = `/api/recordings/${video.recordingId}/parts`;
    expect((await server.api.request('GET', `${parts}/1.ts`)).status).toBe(200);
    expect((await server.api.request('GET', `${parts}/2.ts`)).status).toBe(404);
    expect((await server.api.request('GET', `${parts}/ledger.jsonl`)).status).toBe(404);
    await rename(folder, `${folder}-aside`);
    expect((await server.api.request('GET', `${parts}/1.ts`)).status).toBe(404);
    expect((await server.api.request('GET', `/api/recordings/${video.recordingId}/playlist.m3u8`)).status).toBe(404);
    await writeFile(folder, 'a file in its place');
    expect((await server.api.request('GET', `${parts}/1.ts`)).status).toBe(404);
    expect((await server.api.request('GET', `/api/recordings/${video.recordingId}/playlist.m3u8`)).status).toBe(404);
    await rm(folder);
    await mkdir(folder);
    await writeFile(path.join(folder, 'ledger.jsonl'), 'this is no ledger\n');
    expect((await server.api.request('GET', `/api/recordings/${video.recordingId}/playlist.m3u8`)).status).toBe(404);
    expect((await server.api.recording(video.recordingId!)).state).toBe('completed');
  }),
);
