/**
 * The live channel of the capture bench: ffmpeg repeats a recording of 720p at 4 Mbit/s in real time, and nginx serves
 * it. The source runs on the measured machine, so it has to cost next to nothing.
 */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeMedia } from '../../tests/live-origin/media.js';
import { run, until } from './processes.js';

export const segmentSeconds = 2;
/** How many segments the playlist shows. */
const window = 6;
const loopSeconds = 120;
const profile = { name: '720p', width: 1280, height: 720, frameRate: 30, bitrate: 4_000_000 };

export interface NginxOrigin {
  /** The live playlist; any query may be appended. */
  readonly url: string;
  readonly bitsPerSecond: number;
  /** The server's certificate, for clients that have to trust it. */
  readonly certificate: string | undefined;
}

/** @throws Error if there is no nginx or ffmpeg */
export async function startNginxOrigin(folder: string, { https }: { readonly https: boolean }): Promise<NginxOrigin> {
  requireNginx();
  const site = join(folder, 'site');
  mkdirSync(site);
  const { file, bytes } = await makeLoop(folder);
  publish(file, site, folder);
  const certificate = https ? makeCertificate(folder) : undefined;
  const port = await freePort();
  // One process: a worker would outlive a master that is killed.
  const settings = join(folder, 'nginx.conf');
  writeFileSync(settings, configuration(folder, site, port, certificate));
  const server = run('nginx', ['-p', folder, '-e', join(folder, 'nginx.log'), '-c', settings], folder);
  const url = `${https ? 'https' : 'http'}://127.0.0.1:${port}/live.m3u8`;
  const list = join(site, 'live.m3u8');
  await until(
    () => `nginx and ffmpeg have ${window} segments to show (see ${folder}/nginx.log)`,
    async () => {
      requireRunning(server, folder);
      return existsSync(list) && (readFileSync(list, 'utf8').match(/^[^#]/gm)?.length ?? 0) >= window
        ? true
        : undefined;
    },
    { seconds: 60, everyMilliseconds: 250 },
  );
  return { url, bitsPerSecond: Math.round((bytes * 8) / loopSeconds), certificate: certificate?.file };
}

export function requireNginx(): void {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
  } catch {
    throw new Error('The source of this bench is served by nginx. Install it (Debian: apt-get install nginx-light).');
  }
}

function requireRunning({ exitCode }: ChildProcess, folder: string): void {
  if (exitCode === null) return;
  throw new Error(`nginx ended with ${exitCode}: ${readFileSync(join(folder, 'nginx.log'), 'utf8').slice(-2000)}`);
}

/** One file, whose segments are those of the cached media. */
async function makeLoop(folder: string): Promise<{ readonly file: string; readonly bytes: number }> {
  const { directory, segments } = await makeMedia({ profile, container: 'ts', segmentSeconds, seconds: loopSeconds });
  const file = join(folder, 'loop.ts');
  for (const { file: segment } of segments) appendFileSync(file, readFileSync(join(directory, segment)));
  return { file, bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function publish(file: string, site: string, folder: string): void {
  const input = [
    '-hide_banner',
    '-nostdin',
    '-loglevel',
    'error',
    '-re',
    '-stream_loop',
    '-1',
    '-i',
    file,
    '-c',
    'copy',
  ];
  const hls = ['-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_list_size', String(window)];
  const files = ['-hls_flags', 'delete_segments', '-hls_delete_threshold', '6', join(site, 'live.m3u8')];
  run('ffmpeg', [...input, ...hls, ...files], folder);
}

interface Certificate {
  readonly key: string;
  readonly file: string;
}

function makeCertificate(folder: string): Certificate {
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  // As on most popular servers: its signatures cost a twentieth of RSA's.
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const made = ['req', '-x509', ...kind, '-nodes', '-days', '2', '-keyout', key, '-out', file];
  execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
  return { key, file };
}

function configuration(folder: string, site: string, port: number, certificate: Certificate | undefined): string {
  const tls = certificate && `ssl_certificate ${certificate.file}; ssl_certificate_key ${certificate.key};`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`);
  return `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off; master_process off; pid ${join(folder, 'nginx.pid')};
    events { worker_connections 4096; }
    http {
      access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 120s;
      ${temporary.join(' ')}
      types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
      server { listen 127.0.0.1:${port}${tls ? ' ssl' : ''} backlog=4096; ${tls ?? ''} root ${site}; }
    }`;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}
