import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_HLS_SETTINGS } from '@streamvault/capture';
import { Connections } from '@streamvault/network';
import { SourceUnavailable, StreamlinkResolver, WebResolver } from '@streamvault/platforms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../e2e/support/until.js';

let folder: string;
let program: string;
const connections = new Connections(DEFAULT_HLS_SETTINGS);
const never = new AbortController().signal;
const page = { url: 'https://site.example/channel', platform: 'web', quality: '720p' };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'streamlink-'));
  program = path.join(folder, 'streamlink');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that answers as streamlink would. */
async function install(version: string, answer: string): Promise<void> {
  const text = `#!/bin/sh\n[ "$1" = --version ] && { echo "streamlink ${version}"; exit; }\necho "$*" >> '${folder}/asked'\n${answer}\n`;
  await writeFile(program, text);
  await chmod(program, 0o755);
}

const prints = (json: object) => `cat <<'END'\n${JSON.stringify(json)}\nEND`;
const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof SourceUnavailable ? error.problem : Promise.reject(error)),
  );
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('streamlink', () => {
  it('is asked once for the page and the quality, and its headers are passed on', async () => {
    const headers = { Referer: 'https://site.example/' };
    await install('8.6.2', prints({ type: 'hls', url: 'https://cdn.example/x.m3u8', headers, metadata: {} }));
    const found = await new StreamlinkResolver({ program }, connections).resolve(page, never);
    expect(found).toEqual({ url: 'https://cdn.example/x.m3u8', engine: 'hls', lookedUp: true, headers });
    expect(await readFile(path.join(folder, 'asked'), 'utf8')).toMatch(`--json ${page.url} 720p,best\n`);
  });

  it.each([
    ['8.0.0', 'ok'],
    ['5.2.1', 'too-old'],
    ['7.3.0', 'too-old'],
  ])('%s is %s', async (version, status) => {
    await install(version, prints({ error: 'No playable streams found on this URL: x' }));
    const streamlink = new StreamlinkResolver({ program }, connections);
    expect(await streamlink.state()).toMatchObject({ status, version });
    expect(await problemOf(streamlink.resolve(page, never))).toBe(status === 'ok' ? 'offline' : 'tool-too-old');
    expect(await streamlink.isLive(page, never)).toBe(status === 'ok' ? 'offline' : 'unknown');
  });

  it('that is missing is reported in words', async () => {
    const streamlink = new StreamlinkResolver({ program }, connections);
    expect(await streamlink.state()).toEqual({ status: 'missing' });
    await expect(streamlink.resolve(page, never)).rejects.toThrow(/not installed.*pipx install streamlink/);
  });

  it('that fails at the end is reported with its message, whatever its exit code', async () => {
    await install('8.6.2', `${prints({ error: 'Unable to open URL: x (404 Client Error)' })}\nexit 1`);
    expect(await problemOf(new StreamlinkResolver({ program }, connections).resolve(page, never))).toBe('not-found');
  });

  it('gets no secret of the server, neither on its command line nor in its environment', async () => {
    const secrets = {
      TWITCH_USER_TOKEN: 'secret-token',
      TWITCH_CLIENT_SECRET: 'secret-of-client',
      ADMIN_PASSWORD: 'secret-password',
      SOURCE_PROXIES: 'socks5h://me:secret-of-proxy@127.0.0.1:9',
      http_proxy: 'http://me:secret-of-environment@127.0.0.1:9',
    };
    const before = Object.fromEntries(Object.keys(secrets).map((name) => [name, process.env[name]]));
    Object.assign(process.env, secrets);
    try {
      const seen = `cat /proc/$$/cmdline /proc/$$/environ | tr '\\0' '\\n' > '${folder}/seen'`;
      const headers = { Cookie: 'session=secret-cookie' };
      await install('8.6.2', `${seen}\n${prints({ type: 'hls', url: 'https://cdn.example/x.m3u8', headers })}`);
      const wanted = { ...page, proxies: ['socks5h://me:secret-of-channel@127.0.0.1:9'] };
      const streamlink = new StreamlinkResolver({ program }, connections);
      // Twice: what was learned of the page is not handed over either.
      await streamlink.resolve(wanted, never);
      expect(await streamlink.resolve(wanted, never)).toMatchObject({ headers });
      const text = await readFile(path.join(folder, 'seen'), 'utf8');
      expect(text).toContain(page.url);
      expect(text).toMatch(/^http_proxy=http:\/\/relay:/m);
      expect(text).not.toContain('secret');
    } finally {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });

  it('that takes too long is ended with everything it has started', async () => {
    await install('8.6.2', `sleep 600 &\necho $! > '${folder}/child'\necho $$ > '${folder}/self'\nsleep 600`);
    const streamlink = new StreamlinkResolver({ program, timeoutSeconds: 3 }, connections);
    await streamlink.state();
    const finding = problemOf(streamlink.resolve(page, never));
    const pids = await until('it had started its child', async () => {
      const both = await Promise.all(['child', 'self'].map((name) => readFile(path.join(folder, name), 'utf8')));
      return both.every((text) => text.endsWith('\n')) && both.map(Number);
    });
    expect(await finding).toBe('timeout');
    await until('both were gone', () => !pids.some((pid) => isAlive(pid)));
  });

  it('is ended at once when the answer is no longer wanted', async () => {
    await install('8.6.2', `echo $$ > '${folder}/self'\nsleep 600`);
    const stop = new AbortController();
    const finding = new StreamlinkResolver({ program }, connections).resolve(page, stop.signal);
    await until('it ran', () => readFile(path.join(folder, 'self'), 'utf8'));
    stop.abort(new Error('enough'));
    await expect(finding).rejects.toThrow('enough');
  });
});

describe('an address of unknown kind', () => {
  let server: Server;
  let url: string;
  const resolver = () => new WebResolver(new StreamlinkResolver({ program }, connections), connections);

  beforeEach(async () => {
    server = createServer((request, response) => {
      const isPage = request.url === '/page';
      response.writeHead(200, {
        'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/vnd.apple.mpegurl',
      });
      response.end(isPage ? '<!doctype html>' : '#EXTM3U\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('is taken as a playlist if streamlink does not know it', async () => {
    await install('8.6.2', prints({ error: `No plugin can handle URL: ${url}/list` }));
    const found = await resolver().resolve({ ...page, url: `${url}/list` }, never);
    expect(found).toEqual({ url: `${url}/list`, engine: 'hls' });
  });

  it.each(['missing', 'too old'])('needs streamlink only if it is a page (streamlink is %s)', async (state) => {
    if (state === 'too old') await install('5.2.1', 'exit 1');
    expect((await resolver().resolve({ ...page, url: `${url}/list` }, never)).url).toBe(`${url}/list`);
    expect(await problemOf(resolver().resolve({ ...page, url: `${url}/page` }, never))).toBe(
      state === 'missing' ? 'tool-missing' : 'tool-too-old',
    );
    expect(await resolver().isLive(page, never)).toBeUndefined();
  });
});
