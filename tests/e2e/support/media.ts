import { createHash } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Ledger, LedgerSegment } from '@streamvault/capture';
import { createMedia, locateTools, runTool, type Media } from '@streamvault/media';
import { signedInAt } from './signed-in.js';
import type { LiveOrigin } from '../../live-origin/live-origin.js';

let found: Promise<Media> | undefined;

/** ffmpeg and ffprobe, found as the product finds them. */
export function media(): Promise<Media> {
  found ??= locateTools().then(createMedia);
  return found;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The segment's bytes, read from where the ledger says that they are. */
export async function bytesOf(folder: string, { part, offset, length }: LedgerSegment): Promise<Buffer> {
  await using file = await open(path.join(folder, part.file), 'r');
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}

export interface Stored {
  readonly mediaSequence: number;
  readonly sha256: string;
}

/** The content of the parts, in the ledger's order. */
export function storedSegments(folder: string, ledger: Ledger): Promise<Stored[]> {
  return Promise.all(
    ledger.segments.map(async (segment) => ({
      mediaSequence: segment.mediaSequence,
      sha256: sha256(await bytesOf(folder, segment)),
    })),
  );
}

/** What the origin published from `first` to `last` (media sequences), for comparing. */
export function publishedSegments(origin: LiveOrigin, first: number, last: number): Stored[] {
  return origin
    .segments()
    .filter(({ mediaSequence }) => mediaSequence >= first && mediaSequence <= last)
    .map(({ mediaSequence, sha256 }) => ({ mediaSequence, sha256 }));
}

/** One hash over all decoded frames, and one over all decoded audio. */
export async function decodedHashes(file: string): Promise<{ readonly video: string; readonly audio: string }> {
  const { tools } = await media();
  const hashOf = async (stream: string) => {
    const input = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-i', `file:${file}`, '-map', stream];
    const { stdout } = await runTool({ program: tools.ffmpeg.path, args: [...input, '-f', 'md5', 'pipe:1'] });
    return Buffer.from(stdout).toString().trim();
  };
  return { video: await hashOf('0:V:0'), audio: await hashOf('0:a:0') };
}

/** What the origin published, as one file of the source's own bytes. The origin must still keep them all (`kept`). */
export async function sourceFile(origin: LiveOrigin, first: number, last: number, directory: string): Promise<string> {
  const read = async (address: string) => {
    const answer = await fetch(new URL(address, origin.base));
    if (answer.status !== 200) throw new Error(`The origin answers ${answer.status} to ${address}.`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const playlist = (await read(origin.mediaUrl())).toString();
  const [, init] = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist) ?? [];
  const [, variant, extension] = /^([^#/]+)\/\d+\.(\w+)$/m.exec(playlist) ?? [];
  const pieces = init === undefined ? [] : [await read(init)];
  for (const { mediaSequence, name } of origin.segments()) {
    if (mediaSequence >= first && mediaSequence <= last) pieces.push(await read(`${variant}/${name}.${extension}`));
  }
  const file = path.join(directory, `source.${init === undefined ? 'ts' : 'mp4'}`);
  await writeFile(file, Buffer.concat(pieces));
  return file;
}

/** ffmpeg's complaints when it plays an address from its beginning, completely or for the first seconds. */
export async function playbackErrors(
  address: string,
  seconds?: number,
  streams: readonly string[] = ['0:v', '0:a'],
): Promise<string[]> {
  const { tools } = await media();
  const limit = seconds === undefined ? [] : ['-t', String(seconds)];
  const signedIn = signedInAt(address);
  const headers = signedIn ? ['-headers', `Cookie: ${signedIn.Cookie}\r\n`] : [];
  let said = '';
  await runTool({
    program: tools.ffmpeg.path,
    args: [
      ['-hide_banner', '-nostdin', '-loglevel', 'error', ...headers, '-live_start_index', '0', '-i', address, ...limit],
      ...streams.map((stream) => ['-map', stream]),
      ['-f', 'null', '-'],
    ].flat(),
    timeLimitSeconds: 60,
    onStderr: (chunk) => (said += Buffer.from(chunk).toString()),
  });
  return said.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !line.startsWith('[null @ '));
}
