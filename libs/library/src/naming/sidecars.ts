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
  '.en.vtt',
  '.trickplay',
];

/** All paths, below the library's root, that belong to a video: itself first. They need not exist. */
export function pathsOfVideo({ file, thumbnailFile }: { file: string; thumbnailFile: string }): string[] {
  const base = file.replace(/\.[^./]+$/, '');
  return [...new Set([file, thumbnailFile, ...suffixes.map((suffix) => `${base}${suffix}`)])];
}
