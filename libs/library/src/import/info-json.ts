import { open } from 'node:fs/promises';
import { z } from 'zod';

/** What other programs write beside a video, as far as it is used here. */
export interface InfoJson {
  readonly title: string | undefined;
  readonly streamerName: string | undefined;
  readonly category: string | undefined;
  /** ISO 8601 UTC. */
  readonly recordedAt: string | undefined;
  /** In the file's own time, in order. */
  readonly chapters: readonly InfoChapter[];
}

export interface InfoChapter {
  readonly atSeconds: number;
  readonly title: string | null;
  readonly category: string | null;
}

const MOST_BYTES = 4 * 1024 * 1024;

const text = z.string().trim().min(1).max(500).optional().catch(undefined);
const seconds = z.number().min(0).optional().catch(undefined);
/** Ganymede and yt-dlp count seconds, LiveStreamDVR writes down when each began. */
const chapter = z.object({ title: text, game_name: text, started_at: text, start: seconds, start_time: seconds });
/** Twitch's video or stream as Ganymede keeps it, LiveStreamDVR's broadcast, and yt-dlp's fields. */
const infoFields = z.object({
  title: text,
  twitch_vod_title: text,
  user_name: text,
  streamer_name: text,
  channel: text,
  uploader: text,
  game_name: text,
  started_at: text,
  created_at: text,
  capture_started: text,
  capture_started2: text,
  timestamp: z.number().positive().optional().catch(undefined),
  chapters: z.array(chapter).max(10_000).optional().catch(undefined),
});
type InfoFields = z.infer<typeof infoFields>;

/** Where it may lie: `<base>.info.json` (yt-dlp), `<base without -video>-info.json` (Ganymede), `<base>.json` (LiveStreamDVR). */
export const infoJsonPaths = (base: string): string[] => [
  `${base}.info.json`,
  `${base.replace(/-video$/, '')}-info.json`,
  `${base}.json`,
  // LiveStreamDVR keeps one for the broadcast and may number its files.
  `${base.replace(/-?(?:_chat_burned|_burned|_vod|-\d{1,3})$/, '')}.json`,
];

/** Undefined if it is not one. */
export function parseInfoJson(json: string): InfoJson | undefined {
  let parsed: InfoFields | undefined;
  try {
    parsed = infoFields.safeParse(JSON.parse(json)).data;
  } catch {
    // Any file can have that name.
  }
  if (!parsed) return undefined;
  const { title, twitch_vod_title, user_name, streamer_name, channel, uploader, started_at, created_at } = parsed;
  const chapters = chaptersIn(parsed);
  const recordedAt = [
    parsed.capture_started2,
    parsed.capture_started,
    started_at,
    created_at,
    parsed.timestamp === undefined ? undefined : parsed.timestamp * 1000,
  ]
    .map((value) => instant(value))
    .find((value) => value !== undefined);
  const streamerName = user_name ?? streamer_name ?? channel ?? uploader;
  const name = title ?? twitch_vod_title ?? chapters.at(-1)?.title ?? undefined;
  // Any JSON can have that name: one that says neither whose nor what it is says nothing.
  if (name === undefined && streamerName === undefined && recordedAt === undefined) return undefined;
  const category = parsed.game_name ?? chapters.at(-1)?.category ?? undefined;
  return { title: name, streamerName, category, recordedAt, chapters };
}

/** Where a chapter says when it began, it counts from when the first byte was written. */
function chaptersIn({ chapters = [], capture_started2, capture_started, started_at }: InfoFields): InfoChapter[] {
  const began = [capture_started2, capture_started, started_at]
    .map((value) => instant(value))
    .find((at) => at !== undefined);
  return chapters
    .flatMap(({ title = null, game_name: category = null, start, start_time, started_at: at }) => {
      const since = instant(at);
      const offset =
        since === undefined || began === undefined ? undefined : (Date.parse(since) - Date.parse(began)) / 1000;
      const atSeconds = start ?? start_time ?? offset;
      return atSeconds === undefined || (title === null && category === null)
        ? []
        : [{ atSeconds: Math.max(0, atSeconds), title, category }];
    })
    .toSorted((left, right) => left.atSeconds - right.atSeconds);
}

/** From the first of these files that is one. */
export async function readInfoJson(paths: readonly string[]): Promise<InfoJson | undefined> {
  for (const path of paths) {
    const content = await contentOf(path);
    const parsed = content === undefined ? undefined : parseInfoJson(content);
    if (parsed) return parsed;
  }
  return undefined;
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return size > MOST_BYTES ? undefined : await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch {
    // A video does not need one.
    return undefined;
  }
}

function instant(value: string | number | undefined): string | undefined {
  const date = value === undefined ? undefined : new Date(value);
  const year = date?.getUTCFullYear() ?? 0;
  return date && year > 1970 && year < 10_000 ? date.toISOString() : undefined;
}
