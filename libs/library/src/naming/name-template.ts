import { cutToBytes, sanitizeName } from './file-name.js';
import { localParts } from './local-time.js';

/** What a name can be made of. */
export interface NamedVideo {
  readonly streamerName: string;
  readonly title: string;
  readonly category: string | null;
  /** ISO 8601; when the broadcast began. */
  readonly recordedAt: string;
  /** `17` of a recording, `v42` of a video that was not recorded here. */
  readonly id: string;
  /** From 1, within the day and the streamer. */
  readonly numberOfDay: number;
}

/** The fields of a template, each with what people read about it. */
export const nameFields = {
  streamer: "the streamer's name",
  title: 'the title',
  category: 'the category, or nothing',
  date: 'the day it began, `2026-11-30`',
  time: 'the time it began, `20-15-00`',
  year: '`2026`',
  month: '`11`',
  day: '`30`',
  hour: '`20`',
  minute: '`15`',
  second: '`00`',
  episode: 'season and number as media servers read them: `S2026E113001`, the last two digits count within the day',
  id: 'the number of the recording, or `v` and the number of the video where it was not recorded here',
} as const;
export type NameField = keyof typeof nameFields;

export const namePresets = {
  streamer: '{streamer}/{date} {time} {title} [{id}]',
  tv: '{streamer}/Season {year}/{streamer} - {episode} - {title}',
  date: '{year}/{year}-{month}/{date} {time} {streamer} - {title} [{id}]',
  flat: '{date} {time} {streamer} - {title} [{id}]',
} as const;
export type NamePreset = keyof typeof namePresets;
export const defaultTemplate: string = namePresets.streamer;

/** Leaves room for the longest of what stands beside a video under its name, and for what is written before it has its name. */
export const MOST_BASE_BYTES = 200;
const MOST_FOLDER_BYTES = 100;
const MOST_FOLDERS = 6;
export const MOST_TEMPLATE_LENGTH = 300;

const field = /\{([^{}]*)\}/g;

/** What is wrong with a template, in words; empty where it can be used. */
export function problemsOf(template: string): string[] {
  const problems: string[] = [];
  const components = template.split('/');
  if (template.trim() === '') problems.push('It is empty.');
  if (template.length > MOST_TEMPLATE_LENGTH) problems.push(`It is longer than ${MOST_TEMPLATE_LENGTH} characters.`);
  if (components.length > MOST_FOLDERS + 1) problems.push(`It has more than ${MOST_FOLDERS} folders.`);
  if (template !== '' && components.some((component) => component.trim() === ''))
    problems.push('It begins or ends with a slash, or has two in a row.');
  if (components.some((component) => /^\s*\.+\s*$/.test(component)))
    problems.push('A folder cannot be called by dots alone.');
  const unknown = Array.from(template.matchAll(field), ([, name = '']) => name).filter((name) => !isField(name));
  for (const name of new Set(unknown)) problems.push(`There is no field {${name.slice(0, 40)}}.`);
  if (/[{}]/.test(template.replaceAll(field, ''))) problems.push('A brace has no partner.');
  if (!/\{(title|date|time|id|episode|second)\}/.test(components.at(-1) ?? ''))
    problems.push(
      'The last part names no field that tells one video from another: {title}, {date}, {time}, {episode} or {id}.',
    );
  return problems;
}

const isField = (name: string): name is NameField => Object.hasOwn(nameFields, name);

/**
 * Where a video belongs below the library's root by a template, with `/` between and without an extension. Each part is one that every
 * usual file system takes, so a title leads nowhere; the same video always gives the same name.
 *
 * @param zone IANA name: days and times are those of the wall clock there
 * @throws RangeError where `recordedAt` is no instant
 */
export function nameByTemplate(template: string, video: NamedVideo, zone: string): string {
  const values = valuesOf(video, zone);
  const components = template.split('/');
  const last = components.length - 1;
  return components
    .map((component, index) => nameOf(component, values, index === last ? MOST_BASE_BYTES : MOST_FOLDER_BYTES))
    .join('/');
}

function nameOf(component: string, values: Record<NameField, string>, mostBytes: number): string {
  let fitting = values;
  let name = filled(component, fitting);
  // Titles are cut first: what tells one video from another stays whole.
  for (const cuttable of ['title', 'category', 'streamer'] as const) {
    const excess = Buffer.byteLength(name) - mostBytes;
    if (excess <= 0) break;
    const times = component.split(`{${cuttable}}`).length - 1;
    if (times === 0) continue;
    const room = Math.max(0, Buffer.byteLength(fitting[cuttable]) - Math.ceil(excess / times));
    fitting = { ...fitting, [cuttable]: cutToBytes(fitting[cuttable], room).trimEnd() };
    name = filled(component, fitting);
  }
  return sanitizeName(name, mostBytes) || 'untitled';
}

/** Without the dashes and brackets that an empty field leaves behind. */
const filled = (component: string, values: Record<NameField, string>): string =>
  component
    .replaceAll(field, (_, name: string) => (isField(name) ? values[name] : ''))
    .replaceAll(/\(\s*\)|\[\s*\]/g, '')
    .replaceAll(/(?:\s+-)+\s*$|^\s*(?:-\s)+/g, '')
    .replaceAll(/(?:\s+-){2,}\s+/g, ' - ')
    .replaceAll(/\s+/g, ' ')
    .trim();

function valuesOf(video: NamedVideo, zone: string): Record<NameField, string> {
  const { year, month, day, hour, minute, second } = localParts(video.recordedAt, zone);
  // What a field brings along must not make folders; what is cut later must not leave half of what was replaced.
  const text = (value: string) => sanitizeName(value, 1020);
  return {
    streamer: text(video.streamerName) || 'Unknown streamer',
    title: text(video.title),
    category: text(video.category ?? ''),
    date: `${year}-${month}-${day}`,
    time: `${hour}-${minute}-${second}`,
    year,
    month,
    day,
    hour,
    minute,
    second,
    episode: episodeName({ season: Number(year), episode: episodeNumber(month, day, video.numberOfDay) }),
    id: video.id,
  };
}

export interface Episode {
  /** The year. */
  readonly season: number;
  /** Month, day and the number within it: `113001`. An older broadcast that is found later moves no other's. */
  readonly episode: number;
}

export const episodeOf = (recordedAt: string, numberOfDay: number, zone: string): Episode => {
  const { year, month, day } = localParts(recordedAt, zone);
  return { season: Number(year), episode: episodeNumber(month, day, numberOfDay) };
};

const episodeNumber = (month: string, day: string, numberOfDay: number): number =>
  Number(`${month}${day}${String(numberOfDay).padStart(2, '0')}`);

const episodeName = ({ season, episode }: Episode): string => `S${season}E${String(episode).padStart(6, '0')}`;
