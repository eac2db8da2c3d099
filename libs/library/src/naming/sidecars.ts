/** What may stand beside a video under its name and goes with it. Whatever a step puts there belongs in this list. */
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

/** What `sha256sum -c` reads. */
export const checksumPath = (file: string): string => `${baseOf(file)}.sha256`;

const baseOf = (file: string): string => file.replace(/\.[^./]+$/, '');

/** All paths, below the library's root, that belong to a video: itself first. They need not exist. */
export function pathsOfVideo({ file, thumbnailFile }: { file: string; thumbnailFile: string }): string[] {
  const base = baseOf(file);
  return [...new Set([file, thumbnailFile, ...suffixes.map((suffix) => `${base}${suffix}`)])];
}
