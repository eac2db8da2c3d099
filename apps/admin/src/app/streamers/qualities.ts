export interface Quality {
  readonly value: string;
  readonly label: string;
}

export const qualities: readonly Quality[] = [
  { value: 'best', label: 'Best quality' },
  { value: '1080p60', label: '1080p, 60 frames' },
  { value: '1080p', label: '1080p' },
  { value: '720p60', label: '720p, 60 frames' },
  { value: '720p', label: '720p' },
  { value: '480p', label: '480p' },
  { value: '360p', label: '360p' },
  { value: 'audio', label: 'Sound only' },
];

export const qualityLabel = (value: string): string =>
  qualities.find((quality) => quality.value === value)?.label ?? value;

/** The list to choose from, including the present choice even if the list does not have it. */
export const qualitiesWith = (chosen: string): readonly Quality[] =>
  qualities.some(({ value }) => value === chosen) ? qualities : [...qualities, { value: chosen, label: chosen }];
