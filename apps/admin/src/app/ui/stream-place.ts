/** What a stream is about, in words, and where in the console that is. */
export interface StreamPlace {
  readonly label: string;
  readonly link: readonly string[];
}

const placesOfTheirOwn: Readonly<Record<string, { readonly label: string; readonly path: string }>> = {
  recording: { label: 'Recording', path: '/recordings' },
  streamer: { label: 'Streamer', path: '/streamers' },
  video: { label: 'Video', path: '/videos' },
};

/** `recording-3` is “Recording 3” and has a page; a stream without a page links to its history. */
export function streamPlace(stream: string): StreamPlace {
  const [, category = '', id = ''] = /^([a-z]+)-(\d+)$/.exec(stream) ?? [];
  const place = Object.hasOwn(placesOfTheirOwn, category) ? placesOfTheirOwn[category] : undefined;
  if (place) return { label: `${place.label} ${id}`, link: [place.path, id] };
  return { label: stream, link: ['/audit/streams', stream] };
}
