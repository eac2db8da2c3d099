/** A video of a past broadcast, as Twitch keeps it for some weeks. */
export interface PastBroadcast {
  readonly id: string;
  /** Of the broadcast that it shows; null where it is something else. */
  readonly stream_id: string | null;
  readonly url: string;
  readonly created_at: string;
  /** `3h21m5s`. */
  readonly duration: string;
}

interface Span {
  readonly from: string;
  readonly to: string;
}

/** Of `3h21m5s`, as Twitch writes it; undefined for anything else. */
export function secondsOf(duration: string): number | undefined {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  if (hours === undefined && minutes === undefined && seconds === undefined) return undefined;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/** The address at which Twitch's player begins so many seconds into a video. */
export function addressAt(url: string, seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${url}?t=${hours}h${minutes}m${whole % 60}s`;
}

/**
 * The videos of a broadcast, by the ids under which it was live: it has several if it was interrupted. Where no id is known, those that show its
 * time.
 */
export function videosOf(
  videos: readonly PastBroadcast[],
  { platformIds, from, to }: Span & { readonly platformIds: readonly string[] },
): readonly PastBroadcast[] {
  if (platformIds.length > 0) return videos.filter(({ stream_id: id }) => id !== null && platformIds.includes(id));
  return videos.filter((video) => {
    const [begins, ends] = timesOf(video);
    return begins < Date.parse(to) && ends > Date.parse(from);
  });
}

/** Where a span of the broadcast can be watched there, from its beginning or from where a video has it; null where it cannot. */
export const whereToWatch = (videos: readonly PastBroadcast[], span: Span): string | null =>
  videoWith(videos, span)?.address ?? null;

/** The video that has a span or a part of it, and the address at which it begins there. */
export function videoWith(
  videos: readonly PastBroadcast[],
  { from, to }: Span,
): { readonly video: PastBroadcast; readonly address: string } | undefined {
  for (const video of videos) {
    const [begins, ends] = timesOf(video);
    const start = Math.max(begins, Date.parse(from));
    if (start < Math.min(ends, Date.parse(to)))
      return { video, address: addressAt(video.url, (start - begins) / 1000) };
  }
  return undefined;
}

function timesOf({ created_at: createdAt, duration }: PastBroadcast): readonly [begins: number, ends: number] {
  const begins = Date.parse(createdAt);
  return [begins, begins + (secondsOf(duration) ?? 0) * 1000];
}
