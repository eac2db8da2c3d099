/**
 * What may stand beside a video under its name and is removed with it. Everything that a step writes there belongs in
 * this list.
 */
const suffixes = [
  '.jpg',
  '-thumb.jpg',
  '.nfo',
  '.info.json',
  '.chat.json',
  '.chapters.vtt',
  '.storyboard.vtt',
  '.storyboard.jpg',
  '.storyboard',
  '.sha256',
  '.en.vtt',
  '.trickplay',
];

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
export const sidecarsOf = (file: string): string[] => suffixes.map((suffix) => `${baseOf(file)}${suffix}`);

/** Beside a video of any container. */
export const pictureOf = (file: string): string => `${baseOf(file)}.jpg`;
