import type { VideoFileKind } from '@streamvault/api-contract';

/**
 * What may stand beside a video under its name and is removed with it. Everything that a step writes there belongs in
 * this list.
 */
const kinds = {
  '.jpg': 'thumbnail',
  '-thumb.jpg': 'artwork',
  '.nfo': 'nfo',
  '.info.json': 'info',
  '.chat.json': 'chat',
  '.chapters.vtt': 'chapters',
  '.storyboard.vtt': 'storyboard',
  '.storyboard.jpg': 'storyboard',
  '.storyboard': 'storyboard',
  '.sha256': 'checksum',
  '.en.vtt': 'subtitles',
  '.trickplay': 'storyboard',
} as const satisfies Record<string, VideoFileKind>;

/** The folder of a video's storyboard: sprites `0.jpg`, `1.jpg`, … */
export const storyboardPath = (file: string): string => `${baseOf(file)}.storyboard`;

/** Where the library can be rebuilt from. */
export const infoPath = (file: string): string => `${baseOf(file)}.info.json`;

export const nfoPath = (file: string): string => `${baseOf(file)}.nfo`;

/** The thumbnail once more, as Kodi looks for it. */
export const pictureCopyPath = (file: string): string => `${baseOf(file)}-thumb.jpg`;

/** The folder of Jellyfin's storyboard. */
export const trickplayPath = (file: string): string => `${baseOf(file)}.trickplay`;

/** What `sha256sum -c` reads. */
export const checksumPath = (file: string): string => `${baseOf(file)}.sha256`;

const baseOf = (file: string): string => file.replace(/\.[^./]+$/, '');

/**
 * All paths, relative to the library's root, that belong to a video, with the video itself first. They need not exist.
 */
export function pathsOfVideo({ file, thumbnailFile }: { file: string; thumbnailFile: string }): string[] {
  return [...new Set([file, thumbnailFile, ...sidecarsOf(file)])];
}

/** All but the video itself, by its name alone and always in the same order. */
export const sidecarsOf = (file: string): string[] => Object.keys(kinds).map((suffix) => `${baseOf(file)}${suffix}`);

/** The same paths as {@link pathsOfVideo}, with what each is. */
export function filesOfVideo(video: { file: string; thumbnailFile: string }): { file: string; kind: VideoFileKind }[] {
  const known = new Map<string, VideoFileKind>([
    ...Object.entries(kinds).map(([suffix, kind]) => [`${baseOf(video.file)}${suffix}`, kind] as const),
    [video.thumbnailFile, 'thumbnail'],
    [video.file, 'video'],
  ]);
  return pathsOfVideo(video).map((file) => ({ file, kind: known.get(file) ?? 'thumbnail' }));
}

/** Beside a video of any container. */
export const pictureOf = (file: string): string => `${baseOf(file)}.jpg`;
