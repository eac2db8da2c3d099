import type { Clock } from './clock.js';
import type { SegmentStep } from './plan-segments.js';
import type { PlaylistWindow } from './playlist-window.js';
import type { HlsCaptureSettings } from './settings.js';
import type { SourceFault } from '@streamvault/network';

/** Refusals that may pass soon: a list can be ahead of the server that has the segments. */
const MAY_COME: ReadonlySet<string> = new Set(['source.not-found', 'source.forbidden']);

/**
 * How long a failing segment is retried. The segments after it are fetched meanwhile and wait in memory to be committed
 * in order, so retrying costs nothing as long as there is memory. Therefore:
 * - While the whole source is away, everything planned is kept; when it is back, earlier failures do not count.
 * - While a segment is listed, it is retried for some time. The time is limited, because the segments that wait for it
 * would be lost if this process ended. Before the first segment was fetched, refusals count at once: the source may be
 * of no use at all.
 * - Once the segment has left the list, a refusal is final, and a failure to reach it is retried a few more times.
 * - If memory is full, and segments that wait for it will soon leave the list themselves, it gets one more try at once
 * and is then given up: one segment is lost instead of several.
 */
export class SegmentPatience {
  constructor(
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly window: PlaylistWindow,
    /** Whether the last reload of the playlist worked. */
    private readonly playlist: { readonly reachable: boolean },
    /** Whether the source's current address can be found again. */
    private readonly source: { readonly renewable: boolean },
    /** Whether a segment was fetched before. */
    private readonly isProven: () => boolean,
  ) {}

  mayRetry(step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number): boolean {
    const { isProven, playlist, settings, source } = this;
    const { code } = fault.reason;
    if (code === 'source.encrypted') return false;
    if (!playlist.reachable) return true;
    const listed = this.window.lists(step);
    if (fault.definitive && !listed) return false;
    // If the source refuses a segment and can be found again, the segment gets another address with the next playlist.
    const elsewhere = code === 'source.forbidden' && source.renewable;
    const lasting = fault.definitive && !elsewhere && !(isProven() && MAY_COME.has(code));
    if ((lasting || !listed) && failures >= settings.segmentAttempts) return false;
    return lasting || this.clock.now() - firstFailureAtMs < settings.segmentRetrySeconds * 1000;
  }

  /** It has to be begun now, or may be too late. */
  isUrgent(step: SegmentStep): boolean {
    return this.playlist.reachable && this.window.isLeaving(step, this.settings.parallelFetches);
  }
}
