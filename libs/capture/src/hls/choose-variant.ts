import type { Quality } from '../port.js';
import type { MasterPlaylist, Rendition, Variant } from './playlist.js';

const AUDIO_CODEC = /^(mp4a|ac-3|ec-3|opus|mp3|flac|ac-4)/i;
/** WebVTT and TTML in fragments. */
const CAPTION_CODEC = /^(wvtt|stpp)/i;
const FRAME_RATE_SLACK = 0.5;

/** The variant has audio and no video. */
export function isAudioOnly({ codecs, height, name }: Variant): boolean {
  if (height !== undefined) return false;
  if (codecs !== undefined) {
    const media = codecs.split(',').map((codec) => codec.trim());
    const videoOrAudio = media.filter((codec) => !CAPTION_CODEC.test(codec));
    return videoOrAudio.length > 0 && videoOrAudio.every((codec) => AUDIO_CODEC.test(codec));
  }
  return name !== undefined && /audio/i.test(name);
}

type AudioGroups = ReadonlyMap<string | undefined, readonly Rendition[]>;

const known = new WeakMap<MasterPlaylist, AudioGroups>();

/** The audio renditions of a group; many variants share one. */
function audioGroup(master: MasterPlaylist, { audioGroup: groupId }: Variant): readonly Rendition[] {
  let groups = known.get(master);
  if (groups === undefined) {
    const audio = master.renditions.filter(({ type }) => type === 'AUDIO');
    groups = Map.groupBy(audio, (rendition): string | undefined => rendition.groupId);
    known.set(master, groups);
  }
  return groups.get(groupId) ?? [];
}

/** The variant's audio is in a playlist of its own, so its segments have no audio. */
export const hasSeparateAudio = (master: MasterPlaylist, variant: Variant): boolean => {
  const group = audioGroup(master, variant);
  return group.length > 0 && group.every(({ url }) => url !== undefined);
};

/** The variant's segments have no audio. An audio-only variant is its own audio, whatever group it names. */
export const isMute = (master: MasterPlaylist, variant: Variant): boolean =>
  !isAudioOnly(variant) && hasSeparateAudio(master, variant) && soundOf(master, variant)?.url !== variant.url;

/** The audio that belongs to a variant without audio in its segments: the default of its group, else the first. */
export function soundOf(master: MasterPlaylist, variant: Variant): Variant | undefined {
  return asVariant(audioGroup(master, variant));
}

/** The number that names a quality: the shorter side, also for upright video. */
const lines = ({ width, height }: Variant): number => Math.min(width ?? Infinity, height ?? 0);

/** Better first: by video size, then frame rate, then bandwidth. */
const byWorth = (a: Variant, b: Variant): number =>
  lines(b) - lines(a) || (b.frameRate ?? 0) - (a.frameRate ?? 0) || b.bandwidth - a.bandwidth;

/**
 * The variant for a wanted quality. `best` is the best; `audio` is audio only, else the smallest, which has audio too;
 * `720p` or `1080p60` is the nearest that is not above, else the nearest; any other word is the name that the source
 * gives a variant. An unknown quality counts as `best`, since a recording in the wrong size is better than none.
 * Variants with audio in their segments are preferred.
 */
export function chooseVariant(master: MasterPlaylist, quality: Quality): Variant | undefined {
  const complete = master.variants.filter((variant) => !hasSeparateAudio(master, variant));
  const candidates = complete.length > 0 ? complete : master.variants;
  const sorted = candidates.toSorted(byWorth);
  if (quality === 'audio') return sorted.findLast(isAudioOnly) ?? audioRendition(master) ?? smallest(sorted);
  const named = sorted.find(({ name }) => name === quality);
  if (named) return named;
  const seen = sorted.filter((variant) => !isAudioOnly(variant));
  const videos = seen.length > 0 ? seen : sorted;
  const wanted = /^(\d{2,5})(?:p(\d{1,3})?)?$/.exec(quality);
  if (wanted === null) return videos[0];
  return nearest(videos, Number(wanted[1]), wanted[2] === undefined ? undefined : Number(wanted[2]));
}

/**
 * The variant to go on with when a recording already had one: the same, else the nearest in size, frame rate and
 * bandwidth. The variants of a source change while it is live, and a change of quality is a break in the video.
 */
export function chooseAgain(master: MasterPlaylist, before: Variant, quality: Quality): Variant | undefined {
  if (isAudioOnly(before)) return chooseVariant(master, 'audio');
  const named = master.variants.find(({ name }) => name !== undefined && name === before.name);
  if (named !== undefined && lines(named) === lines(before)) return named;
  const candidates = master.variants.filter((variant) => !isAudioOnly(variant) && !hasSeparateAudio(master, variant));
  if (candidates.length === 0) return chooseVariant(master, quality);
  const distance = (variant: Variant): readonly number[] => [
    Math.abs(lines(variant) - lines(before)),
    Math.abs((variant.frameRate ?? 0) - (before.frameRate ?? 0)),
    Math.abs(variant.bandwidth - before.bandwidth),
  ];
  return candidates.toSorted((a, b) => firstDifference(distance(a), distance(b)))[0];
}

const firstDifference = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, index) => value - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;

const smallest = (variants: readonly Variant[]): Variant | undefined =>
  variants.toSorted((a, b) => a.bandwidth - b.bandwidth)[0];

const audioRendition = (master: MasterPlaylist): Variant | undefined =>
  asVariant(master.renditions.filter(({ type }) => type === 'AUDIO'));

function asVariant(renditions: readonly Rendition[]): Variant | undefined {
  const apart = renditions.filter(({ url }) => url !== undefined);
  const chosen = apart.find((rendition) => rendition.default) ?? apart[0];
  return chosen?.url === undefined ? undefined : { url: chosen.url, bandwidth: 0, name: chosen.name };
}

function nearest(sorted: readonly Variant[], height: number, frameRate: number | undefined): Variant | undefined {
  const measured = sorted.filter((variant) => variant.height !== undefined);
  // Without sizes, the best variant is as good a guess as any.
  if (measured.length === 0) return sorted[0];
  const size = measured.map(lines).find((candidate) => candidate <= height) ?? Math.min(...measured.map(lines));
  const sameSize = measured.filter((variant) => lines(variant) === size);
  const limit = (frameRate ?? 30) + FRAME_RATE_SLACK;
  const slowest = Math.min(...sameSize.map((variant) => variant.frameRate ?? 0));
  return (
    sameSize.find((variant) => (variant.frameRate ?? 0) <= limit) ??
    sameSize.find((variant) => (variant.frameRate ?? 0) === slowest)
  );
}
