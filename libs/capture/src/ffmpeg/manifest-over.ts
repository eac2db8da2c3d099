import { ask } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import type { CaptureSource } from '../port.js';

const TIMEOUT_MS = 10_000;

/**
 * Whether a source that has just come to its end is over for good: a DASH manifest that no longer changes (ISO/IEC 23009-1 section
 * 5.3.1.2, `type="static"`, which is also the default). What cannot be asked is not over.
 */
export async function isOver(
  { url, headers = {}, lookedUp, proxies }: CaptureSource,
  connections: Connections,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isManifest(url)) return false;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const from = lookedUp === true ? 'public' : 'given';
    const { status, text } = await ask(connections, { url: new URL(url), headers, proxies, from, signal: within });
    const root = /<MPD\b[^>]*>/.exec(text)?.[0];
    return status === 200 && root !== undefined && !/\btype\s*=\s*["']dynamic["']/.test(root);
  } catch {
    // Nobody answers: that says nothing about the broadcast.
    return false;
  }
}

/** A DASH manifest by its name. */
export const isManifest = (url: string): boolean =>
  /^https?:/i.test(url) && /\.mpd$/i.test(URL.parse(url)?.pathname ?? '');
