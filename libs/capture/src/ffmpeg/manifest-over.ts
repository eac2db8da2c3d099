import type { CaptureSource } from '../port.js';

const LARGEST = 4 << 20;
const TIMEOUT_MS = 10_000;

/**
 * Whether a source that has just come to its end is over for good: a DASH manifest that no longer changes (ISO/IEC 23009-1 section
 * 5.3.1.2, `type="static"`, which is also the default). What cannot be asked is not over.
 */
export async function isOver({ url, headers }: CaptureSource, signal: AbortSignal): Promise<boolean> {
  if (!isManifest(url)) return false;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await fetch(url, { redirect: 'error', signal: within, ...(headers && { headers }) });
    if (!answer.ok || Number(answer.headers.get('content-length') ?? 0) > LARGEST) return false;
    const root = /<MPD\b[^>]*>/.exec(await answer.text())?.[0];
    return root !== undefined && !/\btype\s*=\s*["']dynamic["']/.test(root);
  } catch {
    // Nobody answers: that says nothing about the broadcast.
    return false;
  }
}

/** A DASH manifest by its name. */
export const isManifest = (url: string): boolean =>
  /^https?:/i.test(url) && /\.mpd$/i.test(URL.parse(url)?.pathname ?? '');
