import { open } from 'node:fs/promises';
import { z } from 'zod';

/** What other programs write beside a video, as far as it is known here. */
export interface InfoJson {
  readonly title: string | undefined;
  readonly streamerName: string | undefined;
  readonly category: string | undefined;
  /** ISO 8601 UTC. */
  readonly recordedAt: string | undefined;
}

const MOST_BYTES = 4 * 1024 * 1024;

const text = z.string().trim().min(1).max(500).optional().catch(undefined);
/** Twitch's video or stream as Ganymede keeps it, and yt-dlp's fields. */
const known = z.object({
  title: text,
  user_name: text,
  channel: text,
  uploader: text,
  game_name: text,
  started_at: text,
  created_at: text,
  timestamp: z.number().positive().optional().catch(undefined),
});

/** Where it may lie: `<base>.info.json` (yt-dlp), `<base without -video>-info.json` (Ganymede). */
export const infoJsonPaths = (base: string): string[] => [
  `${base}.info.json`,
  `${base.replace(/-video$/, '')}-info.json`,
];

/** Undefined where it is none. */
export function parseInfoJson(json: string): InfoJson | undefined {
  let parsed: z.infer<typeof known> | undefined;
  try {
    parsed = known.safeParse(JSON.parse(json)).data;
  } catch {
    // Any file can have that name.
  }
  if (!parsed) return undefined;
  const { title, user_name, channel, uploader, game_name: category, started_at, created_at, timestamp } = parsed;
  const seconds = timestamp === undefined ? undefined : timestamp * 1000;
  return {
    title,
    streamerName: user_name ?? channel ?? uploader,
    category,
    recordedAt: [started_at, created_at, seconds].map((value) => instant(value)).find((value) => value !== undefined),
  };
}

/** Of the first of these files that is one. */
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
    // A video does without.
    return undefined;
  }
}

function instant(value: string | number | undefined): string | undefined {
  const date = value === undefined ? undefined : new Date(value);
  const year = date?.getUTCFullYear() ?? 0;
  return date && year > 1970 && year < 10_000 ? date.toISOString() : undefined;
}
