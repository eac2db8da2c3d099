import type { CaptureFact } from '../port.js';
import type { OpenedSource } from './hls-source.js';

/** The fact to report about a source that was opened. */
export function openedFact({ variant, first, again }: OpenedSource, at: string): CaptureFact {
  const { url, bandwidth, width, height, codecs, name } = variant;
  return {
    kind: 'sourceOpened',
    at,
    variant: {
      url,
      ...(bandwidth > 0 && { bandwidth }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(codecs !== undefined && { codecs }),
      ...(name !== undefined && { name }),
    },
    targetDurationSeconds: first.playlist.targetDurationSeconds,
    ...(again !== undefined && { again }),
  };
}
