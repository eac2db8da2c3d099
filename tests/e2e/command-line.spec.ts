import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { compiledCode } from './support/server-process.js';
import { inWorld } from './support/world.js';

/** As it runs when it is installed: put together of few files. */
const program = fileURLToPath(new URL('../../apps/server/dist/cli.js', import.meta.url));

it(
  'a streamer is added, recorded and stopped from the command line, which tells what there is and what is wrong',
  inWorld(async (world) => {
    const server = await world.server();
    const { api } = server;
    // Without a terminal, for who looks into the log of a service.
    expect(server.log.split('\n')).toContain(`StreamVault is at ${server.address}`);
    const scopes = ['streamers.view', 'streamers.change', 'recordings.view', 'recordings.control'];
    const made = await api.request('POST', '/api/keys', { body: { name: 'command line', scopes } });
    const { key } = made.json as { key: string };
    const run = async (words: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const child = spawn(process.execPath, [program, ...words], {
        cwd: server.directory,
        env: {
          PATH: process.env['PATH'],
          ...compiledCode,
          STREAMVAULT_URL: server.address,
          STREAMVAULT_API_KEY: key,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [out, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      return { code: code as number, out, said };
    };
    const json = async (...words: string[]) => JSON.parse((await run([...words, '--json'])).out) as object;

    const origin = await world.origin({ pace: 1, window: 10, initial: 4 });
    expect(await run(['streamers', 'list'])).toMatchObject({ code: 0, out: 'There is no streamer yet.\n' });
    expect(await run(['streamers', 'add', origin.url, '--name', 'One'])).toMatchObject({
      code: 0,
      out: 'One is streamer 1.\n',
    });
    expect(await run(['streamers', 'add', origin.url])).toMatchObject({ code: 1, said: expect.stringMatching(/\w/) });
    expect(await json('record', 'one')).toMatchObject({ ok: true, recordingId: 1, streamerId: 1 });
    expect(await json('record', '1')).toMatchObject({ ok: false, error: { code: 'recording.already-active' } });
    expect(await json('record', 'nobody')).toMatchObject({ ok: false, error: { code: 'streamer.not-found' } });
    await api.reaches(1, 'capturing');
    expect((await run(['streamers', 'list'])).out).toMatch(/^1 +One +recording 1 +by hand +http/);
    expect((await run(['recordings', 'list', '--state', 'capturing'])).out).toMatch(/^1 +capturing +streamer 1 /);
    expect(await json('recordings', 'list', '--state', 'failed')).toEqual({ ok: true, items: [] });
    expect((await run(['stop', 'One'])).out).toMatch(/^Recording 1 of streamer 1 is /);
    await api.reaches(1, 'completed', 60);
    const { out } = await run(['recordings', 'show', '1']);
    expect(out).toMatch(/^Recording +1, completed\n/);
    expect(out).toMatch(/^Step \w+: succeeded/m);
    expect(await run(['recordings', 'show', 'x'])).toMatchObject({ code: 2 });

    expect(await run(['stop', 'One'], { STREAMVAULT_API_KEY: '' })).toMatchObject({
      code: 1,
      said: expect.stringMatching(/scopes streamers\.view .*STREAMVAULT_API_KEY/),
    });
    const settings = { DATA_DIR: server.dataDirectory, RECORDINGS_DIR: '/proc/no-such-place' };
    const sick = await run(['doctor'], settings);
    expect(sick).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^BAD {3}RECORDINGS_DIR: .*cannot be written/m),
    });
    expect(sick.said).toMatch(/^ok {4}Event log: .*up to position \d+$/m);
    expect(sick.said).toMatch(
      new RegExp(`^ok {4}Server: .* at ${server.address} says (ok|warn)$|^warn {2}Server: .* says warn$`, 'm'),
    );
    const well = await run(['doctor', '--json'], { ...settings, RECORDINGS_DIR: path.join(server.directory, 'new') });
    expect([well.code, JSON.parse(well.out)]).toMatchObject([0, { ok: true }]);
  }),
);
