import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFfmpeg } from './media.js';
import { makePacked, type PackedFormat } from './packed.js';

export type Half = 'picture' | 'sound';

/** A source with separate playlists for video and audio: segments of a second, of which a number is shown. */
export class ApartOrigin {
  /** For each track; one may be ahead of the other. */
  readonly shown: Record<Half, number> = { picture: 6, sound: 6 };
  ended = false;
  /** Files that cannot be fetched. */
  readonly missing = new Set<string>();
  /** Files that the playlist itself marks as missing. */
  readonly gaps = new Set<string>();

  /** Files that are preceded by a discontinuity in the playlist. */
  readonly anew = new Set<string>();

  private constructor(
    private readonly directory: string,
    private readonly server: Server,
  ) {}

  /** @param packed the format of the audio, if it has no container */
  static async start(container: 'ts' | 'fmp4', seconds: number, packed?: PackedFormat): Promise<ApartOrigin> {
    const directory = await mkdtemp(path.join(tmpdir(), 'apart-'));
    await make(directory, container, seconds);
    if (packed !== undefined) await packSound(directory, container, seconds, packed);
    const server = createServer((request, response) => {
      origin.#answer(path.basename(new URL(request.url ?? '/', 'http://x').pathname)).then(
        (body) => response.end(body),
        () => response.writeHead(404).end(),
      );
    });
    const origin = new ApartOrigin(directory, server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return origin;
  }

  get url(): string {
    return `${this.#base}/master.m3u8`;
  }

  /** The audio alone, as radio. */
  get soundUrl(): string {
    return `${this.#base}/sound.m3u8`;
  }

  get #base(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The file's hash, for comparing. */
  async hashOf(name: string): Promise<string> {
    return createHash('sha256')
      .update(await readFile(path.join(this.directory, name)))
      .digest('hex');
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    await rm(this.directory, { recursive: true, force: true });
  }

  async #answer(name: string): Promise<Buffer | string> {
    if (name === 'master.m3u8') {
      return (
        '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="main",DEFAULT=YES,URI="sound.m3u8"\n' +
        // Captions, which are not used.
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="c",NAME="en",DEFAULT=YES,AUTOSELECT=YES,URI="captions.m3u8"\n' +
        '#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x180,CODECS="avc1.4d400d,mp4a.40.2,wvtt",AUDIO="s",SUBTITLES="c"\npicture.m3u8\n'
      );
    }
    if (this.missing.has(name)) throw new Error('Told to be missing');
    const body = await readFile(path.join(this.directory, name));
    return name.endsWith('.m3u8') ? this.#part(body.toString(), name === 'sound.m3u8' ? 'sound' : 'picture') : body;
  }

  /** The playlist as far as it is shown. */
  #part(playlist: string, half: Half): string {
    const blocks = playlist.replace(/#EXT-X-(ENDLIST|PLAYLIST-TYPE:\w+)\n/g, '').split(/(?=^#EXTINF)/m);
    const isAmong = (names: ReadonlySet<string>, block: string) => [...names].some((name) => block.includes(name));
    const marked = blocks.map((block) => {
      const gap = isAmong(this.gaps, block) ? '#EXT-X-GAP\n' : '';
      return `${isAmong(this.anew, block) ? '#EXT-X-DISCONTINUITY\n' : ''}${gap}${block}`;
    });
    const text = marked.slice(0, 1 + this.shown[half]).join('');
    return this.ended ? `${text}#EXT-X-ENDLIST\n` : text;
  }
}

/** Replaces the audio by another kind, with the same clocks. */
async function packSound(directory: string, container: 'ts' | 'fmp4', seconds: number, format: PackedFormat) {
  const startSeconds = START_SECONDS + (container === 'ts' ? TS_DELAY_SECONDS : 0);
  const file = path.join(directory, 'sound.m3u8');
  const [, began = ''] = /PROGRAM-DATE-TIME:(\S+)/.exec(await readFile(file, 'utf8')) ?? [];
  const segments = await makePacked({ directory, format, seconds, startSeconds });
  const lines = segments.flatMap(({ file: name, startSeconds: after, durationSeconds }) => [
    `#EXTINF:${durationSeconds.toFixed(6)},`,
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(Date.parse(began) + after * 1000).toISOString()}`,
    name,
  ]);
  await writeFile(file, ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', ...lines, ''].join('\n'));
}

const START_SECONDS = 1000;
/** ffmpeg's transport streams begin this much later than requested. */
const TS_DELAY_SECONDS = 1.4;

function make(directory: string, container: 'ts' | 'fmp4', seconds: number): Promise<void> {
  const half = (name: Half, map: string, coding: string): string[] =>
    [
      ['-map', map, ...coding.split(' '), '-output_ts_offset', String(START_SECONDS)],
      ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', '-hls_flags', 'program_date_time'],
      container === 'fmp4' ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', `${name}.mp4`] : [],
      ['-hls_segment_filename', `${name}-%03d.${container === 'ts' ? 'ts' : 'm4s'}`, `${name}.m3u8`],
    ].flat();
  const parameters = [
    ['-hide_banner', '-loglevel', 'error', '-nostdin', '-t', String(seconds)],
    ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30', '-t', String(seconds), '-f', 'lavfi', '-i', 'sine'],
    half('picture', '0:v', '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 30 -sc_threshold 0'),
    half('sound', '1:a', '-c:a aac -b:a 64k -ar 48000'),
  ].flat();
  return findFfmpeg().then(
    (program) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, parameters, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
        let said = '';
        child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
        child.on('error', reject);
        child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`ffmpeg ended with ${code}: ${said}`))));
      }),
  );
}
