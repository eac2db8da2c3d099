/** Figures in words. Sizes are decimal (1 kB = 1000 B), as disks and networks count them. */

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

function scaled(value: number, units: readonly string[]): string {
  let rest = Math.max(0, value);
  let index = 0;
  // 999.95 would round to "1000.0 kB", so it climbs one unit earlier.
  while (rest >= 999.95 && index < units.length - 1) {
    rest /= 1000;
    index += 1;
  }
  const digits = index === 0 ? 0 : rest < 10 ? 2 : 1;
  return `${rest.toFixed(digits)} ${units[index] ?? ''}`;
}

export const formatBytes = (bytes: number): string => scaled(bytes, byteUnits);

/** Bytes per second as the bit rate that streamers know their stream by. */
export const formatRate = (bytesPerSecond: number): string =>
  scaled(bytesPerSecond * 8, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']);

/** `1,234`, as the reader writes it. */
export const formatCount = (count: number): string => count.toLocaleString();

/** `0:07`, `12:03`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** The same in words, for screen readers: `1 hour 2 minutes 3 seconds`. */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => counted(count, unit));
  return said.length > 0 ? said.join(' ') : '0 seconds';
}

/** A short span where tenths matter: `0.4 s`, `21 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSpan(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How far off something is, in two units: `3 h 20 min`, `4 d 2 h`. */
export function formatForecast(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return days > 99 ? 'more than 99 days' : `${days} d ${hours % 24} h`;
}

/** 0.9994 is 99.9 %, never 100 %: only a recording without a gap is complete. */
export function formatRatio(ratio: number): string {
  if (ratio >= 1) return '100 %';
  return `${(Math.floor(Math.max(0, ratio) * 1000) / 10).toFixed(1)} %`;
}

const sameDay = (left: Date, right: Date): boolean => left.toDateString() === right.toDateString();

/** Local time of day with seconds. */
export const formatTime = (instant: string): string =>
  new Date(instant).toLocaleTimeString(undefined, { hour12: false });

/** Local time of day, to the minute: `21:04`. */
export const formatClock = (instant: string): string =>
  new Date(instant).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });

/** `Today 21:04`, `Yesterday 21:04`, `3 Nov 2026, 21:04`, in the reader's own zone. */
export function formatWhen(instant: string, now: number): string {
  const time = formatClock(instant);
  const day = formatDay(instant, now);
  return day === 'Today' || day === 'Yesterday' ? `${day} ${time}` : `${day}, ${time}`;
}

/** The same in the middle of a sentence: `last seen today 14:05`. */
export const formatWhenWithin = (instant: string, now: number): string =>
  formatWhen(instant, now).replace(/^(Today|Yesterday)\b/, (day) => day.toLowerCase());

/** `Today`, `Yesterday`, `3 Nov 2026`, in the reader's own zone. */
export function formatDay(instant: string, now: number): string {
  const date = new Date(instant);
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (sameDay(date, new Date(now))) return 'Today';
  if (sameDay(date, yesterday)) return 'Yesterday';
  return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** To the second, with its date: `3 Nov 2026, 21:04:33`. */
export const formatInstant = (instant: string): string =>
  new Date(instant).toLocaleString(undefined, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });

/** An instant as `<input type="datetime-local">` holds it: local, to the second. */
export function toLocalInput(instant: string): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** `avc1.64001f,mp4a.40.2` in common names; unknown codecs stay as they are. */
export function formatCodecs(codecs: string): string {
  const names: readonly (readonly [RegExp, string])[] = [
    [/^(avc|h264)/i, 'H.264'],
    [/^(hvc|hev|hevc|h265)/i, 'H.265'],
    [/^av01|^av1/i, 'AV1'],
    [/^vp0?9/i, 'VP9'],
    [/^(mp4a\.40|aac)/i, 'AAC'],
    [/^opus/i, 'Opus'],
    [/^ac-3/i, 'AC-3'],
  ];
  return codecs
    .split(/[\s,]+/)
    .filter((codec) => codec !== '')
    .map((codec) => names.find(([pattern]) => pattern.test(codec))?.[1] ?? codec)
    .join(' · ');
}
