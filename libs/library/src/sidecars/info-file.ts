import type { RecordedEvent } from '@streamvault/event-store';
import { z } from 'zod';

/** What a file of ours says first: others write files of this name too. */
const FORMAT = 'streamvault-video';

const keptEvent = z.object({
  id: z.uuid(),
  type: z.string(),
  version: z.int().min(1),
  data: z.record(z.string(), z.json()),
  metadata: z.looseObject({ $correlationId: z.string(), $causationId: z.string(), actor: z.string() }),
  recordedAt: z.string(),
});
export type KeptEvent = z.infer<typeof keptEvent>;

const keptStream = z.object({ id: z.int().min(1), events: z.array(keptEvent).min(1) });
export type KeptStream = z.infer<typeof keptStream>;

const infoFile = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.literal(1),
  streamer: z.object({
    id: z.int().min(1),
    name: z.string(),
    url: z.string().nullable(),
    platform: z.string().nullable(),
  }),
  recording: keptStream.nullable(),
  video: keptStream,
  episode: z.object({ season: z.int(), episode: z.int(), numberOfDay: z.int().min(1) }),
});
/** All that is known of a video, as it lies beside it: enough to bring it back into an empty log. */
export type InfoFile = z.infer<typeof infoFile>;

/** For people and for other programs, by the names that yt-dlp uses; read back by nobody here. */
export interface InfoSummary {
  readonly title: string;
  readonly channel: string;
  readonly categories: readonly string[];
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly duration: number;
  readonly chapters: readonly { readonly start_time: number; readonly end_time: number; readonly title: string }[];
}

/** The same facts always give the same text. */
export const infoText = (info: Omit<InfoFile, 'format' | 'formatVersion'>, summary: InfoSummary): string =>
  `${JSON.stringify({ format: FORMAT, formatVersion: 1, ...summary, ...info }, undefined, 1)}\n`;

export const keptOf = ({ id, type, version, data, metadata, recordedAt }: RecordedEvent): KeptEvent => ({
  id,
  type,
  version,
  data: data as KeptEvent['data'],
  metadata,
  recordedAt,
});

export type ReadInfo =
  | { readonly kind: 'ours'; readonly info: InfoFile }
  /** It says that it is ours, and cannot be understood. */
  | { readonly kind: 'damaged'; readonly why: string }
  | { readonly kind: 'other' };

export function readInfo(text: string): ReadInfo {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return isOursByText(text)
      ? { kind: 'damaged', why: error instanceof Error ? error.message : 'no JSON' }
      : { kind: 'other' };
  }
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== FORMAT)
    return { kind: 'other' };
  const { data: info, error } = infoFile.safeParse(value);
  if (info) return { kind: 'ours', info };
  const [issue] = error?.issues ?? [];
  return { kind: 'damaged', why: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}` };
}

/** Also where it was cut off. */
export const isOursByText = (text: string): boolean => text.slice(0, 200).includes(`"format": "${FORMAT}"`);
