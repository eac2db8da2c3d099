import type { Connections } from '@streamvault/network';
import { ManifestText } from '../dash/manifest.js';
import type { CaptureSource } from '../port.js';
import type { Reading } from '../reading.js';
import { HttpClient } from '../session/http-client.js';
import { DEFAULT_HLS_SETTINGS } from '../session/settings.js';

const TIMEOUT_SECONDS = 10;

/**
 * Whether a source that has just ended is over for good: a DASH manifest that no longer changes (ISO/IEC 23009-1
 * section 5.3.1.2, `type="static"`, which is also the default). A source that cannot be reached is not over.
 */
export async function isOver(
  source: CaptureSource,
  connections: Connections,
  reading: Reading,
  signal: AbortSignal,
): Promise<boolean> {
  if (!/^https?:/i.test(source.url)) return false;
  try {
    const { headers = {}, url } = source;
    const http = new HttpClient(DEFAULT_HLS_SETTINGS, connections, source);
    const got = await http.getText(url, { headers, totalSeconds: TIMEOUT_SECONDS, signal });
    return reading(() => !new ManifestText(got.text, got.url).isLive);
  } catch {
    // No answer, or a different one, says nothing about the broadcast.
    return false;
  }
}
