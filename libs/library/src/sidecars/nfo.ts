import type { ExistingVideo } from '../domain/video-state.js';
import { localParts } from '../naming/local-time.js';
import type { Episode } from '../naming/name-template.js';
import { element, xmlDocument } from './xml.js';

/* Files that Kodi, Jellyfin, Emby and Plex read: one set for all (kodi.wiki "NFO files/Episodes", Plex "NFO metadata files"). */

/** Says that a file is ours, and may be written again. */
const OURS = 'streamvault';
export const isOurNfo = (text: string): boolean => text.includes(`type="${OURS}"`);

const studios: Readonly<Record<string, string>> = { twitch: 'Twitch' };

export interface EpisodeNfo {
  readonly video: ExistingVideo;
  readonly episode: Episode;
  readonly zone: string;
  readonly platform: string | null;
}

export function episodeNfo({ video, episode, zone, platform }: EpisodeNfo): string {
  const { year, month, day, hour, minute, second } = localParts(video.recordedAt, zone);
  const categories = categoriesOf(video);
  const [videoCodec, audioCodec] = codecsOf(video.codecs);
  return xmlDocument({
    name: 'episodedetails',
    content: [
      element('title', video.title),
      element('showtitle', video.streamerName),
      element('season', episode.season),
      element('episode', episode.episode),
      element('aired', `${year}-${month}-${day}`),
      element('dateadded', `${year}-${month}-${day} ${hour}:${minute}:${second}`),
      element('plot', plotOf(video)),
      element('runtime', Math.max(1, Math.round(video.durationSeconds / 60))),
      categories.flatMap((category) => element('genre', category)),
      element('studio', platform === null ? undefined : studios[platform]),
      element('uniqueid', String(video.videoId), { type: OURS, default: 'true' }),
      element('actor', [...element('name', video.streamerName), ...element('role', 'Streamer')]),
      element('fileinfo', [
        ...element('streamdetails', [
          ...element(
            'video',
            video.width === null
              ? undefined
              : [
                  ...element('codec', videoCodec),
                  ...element('width', video.width),
                  ...element('height', video.height),
                  ...element('durationinseconds', Math.round(video.durationSeconds)),
                ],
          ),
          ...element('audio', audioCodec === undefined ? undefined : element('codec', audioCodec)),
        ]),
      ]),
      element('lockdata', true),
    ].flat(),
  });
}

export interface ShowNfo {
  readonly streamerId: number;
  readonly streamerName: string;
  readonly platform: string | null;
  readonly url: string | null;
}

/** Of nothing that changes with each video, so that it stays as it is. */
export const showNfo = ({ streamerId, streamerName, platform, url }: ShowNfo): string =>
  xmlDocument({
    name: 'tvshow',
    content: [
      element('title', streamerName),
      element('plot', `Broadcasts of ${streamerName}${url === null ? '' : `, ${url}`}.`),
      element('studio', platform === null ? undefined : studios[platform]),
      element('uniqueid', String(streamerId), { type: OURS, default: 'true' }),
      element('lockdata', true),
    ].flat(),
  });

export const seasonNfo = (season: number): string =>
  xmlDocument({
    name: 'season',
    content: [
      element('title', `Season ${season}`),
      element('seasonnumber', season),
      element('uniqueid', String(season), { type: OURS }),
      element('lockdata', true),
    ].flat(),
  });

const categoriesOf = ({ category, chapters }: ExistingVideo): string[] =>
  [
    ...new Set(
      [category, ...chapters.map((chapter) => chapter.category)].filter((name) => name !== null && name !== ''),
    ),
  ] as string[];

/** What it was called over its time. */
function plotOf({ title, chapters, gaps }: ExistingVideo): string {
  const titles = [...new Set(chapters.map((chapter) => chapter.title ?? '').filter((text) => text !== ''))];
  const lost = gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines = titles.length > 1 ? titles : [title];
  if (lost >= 1) lines.push(`${Math.round(lost)} seconds of the broadcast are missing.`);
  return lines.join('\n');
}

const families: readonly (readonly [RegExp, string])[] = [
  [/^avc/, 'h264'],
  [/^(hvc|hev)/, 'hevc'],
  [/^av01/, 'av1'],
  [/^vp0?9/, 'vp9'],
  [/^mp4a\.6b/i, 'mp3'],
  [/^mp4a/, 'aac'],
];

/** Of RFC 6381 words, as media servers call them: picture first. */
function codecsOf(codecs: string | null): (string | undefined)[] {
  const words = (codecs ?? '').split(',').filter((word) => word !== '');
  const named = words.map((word) => families.find(([pattern]) => pattern.test(word))?.[1] ?? word);
  const isAudio = (name: string) => /^(aac|mp3|ac-?3|ec-?3|opus|flac)$/.test(name);
  return [named.find((name) => !isAudio(name)), named.find((name) => isAudio(name))];
}
