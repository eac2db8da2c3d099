import { withoutSecrets } from '@streamvault/network';
import { z } from 'zod';
import type { CaptureSource } from '../capture-source.js';
import { SourceUnavailable, type SourceProblem } from '../source-unavailable.js';

/** Older versions ask Twitch and others in ways that no longer work, and print other JSON. */
export const OLDEST_MAJOR = 8;

/** Not a program on any system. */
const NO_FFMPEG = '/dev/null';

/**
 * Arguments that make streamlink say where a page's broadcast can be fetched, without playing anything. With an ffmpeg
 * it joins separate tracks, and gives no address for such a stream (`hls-multi`, `muxed-stream`), so it must not find
 * one.
 */
export const streamlinkArguments = (url: string, quality: string): readonly string[] => [
  '--ffmpeg-ffmpeg',
  NO_FFMPEG,
  '--json',
  url,
  qualities(quality),
];

/** Qualities that streamlink tries in turn. */
function qualities(quality: string): string {
  if (quality === 'best') return 'best';
  if (quality === 'audio') return 'audio_only,audio,worst';
  const height = /^(\d+p)\d+$/.exec(quality)?.[1];
  return [quality, height, 'best'].filter((name) => name !== undefined).join(',');
}

/** `streamlink 8.6.2` → 8.6.2; undefined if another program answers. */
export const readVersion = (text: string): string | undefined => /^streamlink (\d+(?:\.\d+)*\S*)/m.exec(text)?.[1];

export const isTooOld = (version: string): boolean => Number.parseInt(version, 10) < OLDEST_MAJOR;

const failure = z.object({ error: z.string() });
const stream = z.object({
  type: z.string(),
  url: z.string().optional(),
  master: z.string().nullish(),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()).catch({}).optional(),
});

/** They belong to streamlink's own connection. */
const NOT_PASSED_ON = new Set(['accept-encoding', 'connection', 'content-length', 'host', 'transfer-encoding']);

/** @throws SourceUnavailable with streamlink's message, in suitable words */
export function readAnswer(text: string): CaptureSource {
  const answer = parsed(text);
  const failed = failure.safeParse(answer);
  if (failed.success) throw refusal(failed.data.error);
  const found = stream.safeParse(answer);
  if (!found.success)
    throw new SourceUnavailable(
      'query-changed',
      'streamlink answers in a way that StreamVault does not know. Upgrade one of them.',
    );
  const { type, url, master, method = 'GET', headers = {} } = found.data;
  // The address of a video does not say where separate audio is; the playlist of all qualities does.
  const address = master ?? url;
  if (address === undefined || !/^(https?|rtmps?|rtsps?|srt):/i.test(address))
    throw new SourceUnavailable(
      'unsupported',
      `streamlink finds a stream of the kind ${type}, which cannot be recorded.`,
    );
  if (method !== 'GET')
    throw new SourceUnavailable(
      'unsupported',
      `streamlink finds a stream that needs ${method}, which cannot be recorded.`,
    );
  const passed = Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name.toLowerCase()));
  const engine = type === 'hls' ? 'hls' : 'ffmpeg';
  return { url: address, engine, lookedUp: true, headers: Object.fromEntries(passed) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A crash, or a message of the interpreter: it is not an answer.
    return undefined;
  }
}

const MEANINGS: readonly (readonly [RegExp, SourceProblem, string])[] = [
  [/no plugin can handle/i, 'unsupported', 'streamlink does not know this site. Use the address of an HLS playlist.'],
  [/no playable streams|is offline|not live/i, 'offline', 'The streamer is not live.'],
  [/geo|country|region/i, 'geo-blocked', 'The site does not show it in the country of this machine.'],
  [/subscri|premium|members|paid/i, 'subscribers-only', 'The site shows it to subscribers only.'],
  [
    /log.?in|authenticat|password|\b40[13]\b/i,
    'token-refused',
    'The site requires a login; streamlink takes one in its own settings.',
  ],
  [/\b404\b|not found|does not exist/i, 'not-found', 'The site has no such page.'],
  [/timed? ?out/i, 'timeout', 'The site did not answer in time.'],
];

function refusal(said: string): SourceUnavailable {
  // The message may contain the page's address, and with it secrets, and words that would be misread here.
  const words = withoutSecrets(
    said
      .replaceAll(/https?:\/\/\S+/g, 'the page')
      .replaceAll(/ with url: \S+/g, '')
      .replaceAll(/\s+/g, ' '),
  ).slice(0, 200);
  const [, problem, meaning] = MEANINGS.find(([meant]) => meant.test(words)) ?? [
    undefined,
    'unreachable' as const,
    'streamlink could not open the page.',
  ];
  return new SourceUnavailable(problem, `${meaning} streamlink says: ${words}`);
}
