/** What a file name says about its broadcast. */
export interface NamedBroadcast {
  /** Empty if the name is only a date. */
  readonly title: string;
  /** ISO 8601 UTC; undefined if the name contains no day. */
  readonly recordedAt: string | undefined;
  /** For StreamVault's own names: the recording from which the file came. */
  readonly recordingId: number | undefined;
}

/** `2026-11-30 20-15-00`, `2026-11-30_20.15`, `20261130_201500`, `2026-11-30T20:15:00`, or only the day. */
const dated =
  /(?<!\d)(?<year>(?:19|20)\d\d)(?<dash>[-._]?)(?<month>\d\d)\k<dash>(?<day>\d\d)(?:[ T_-]{1,3}(?<hour>\d\d)[-.:_]?(?<minute>\d\d)(?:[-.:_]?(?<second>\d\d))?Z?)?(?!\d)/;
/** `S2026E113001`: month, day and a number within the day. */
const episode = /(?<![\p{L}\d])S(?<year>(?:19|20)\d\d)E(?<month>\d\d)(?<day>\d\d)(?:\d\d)?(?!\d)/iu;
/** `[17]` at the end, and `[17-2]` for the second file of a recording. */
const ownId = /\s*\[(?<id>[1-9]\d{0,14})(?:-[1-9]\d{0,3})?\]$/;

/** @param name without folders and without its extension. Times are taken as UTC, as StreamVault writes them. */
export function parseFileName(name: string): NamedBroadcast {
  const id = ownId.exec(name);
  const rest = id ? name.slice(0, id.index) : name;
  const found = [episode, dated].map((pattern) => pattern.exec(rest)).find((match) => match && instantOf(match));
  const title = found ? titleAround(rest, found) : rest;
  return {
    title: title.replaceAll(/[\s_]+/g, ' ').replaceAll(/^[\s\-\u2013\u2014.,|]+|[\s\-\u2013\u2014,|]+$/g, ''),
    recordedAt: found ? instantOf(found) : undefined,
    recordingId: id ? Number(id.groups?.['id']) : undefined,
  };
}

/** The text after the date, or else before it: `<Streamer> - S2026E113001 - <Title>`. */
function titleAround(text: string, { index, 0: { length } }: RegExpExecArray): string {
  const after = text.slice(index + length);
  return /[\p{L}\p{N}]/u.test(after) ? after : text.slice(0, index);
}

/** Undefined for the 31st of February, and for a 25th hour. */
function instantOf({ groups = {} }: RegExpExecArray): string | undefined {
  const { year = '', month = '', day = '', hour = '00', minute = '00', second = '00' } = groups;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const instant = new Date(text);
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === text ? text : undefined;
}
