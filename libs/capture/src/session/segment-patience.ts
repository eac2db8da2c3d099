import type { Clock } from './clock.js';
import type { SegmentStep } from './plan-segments.js';
import type { PlaylistWindow } from './playlist-window.js';
import type { HlsCaptureSettings } from './settings.js';
import type { SourceFault } from '@streamvault/network';

/** Refusals that may be a matter of moments: a list can be ahead of the server that has the segments. */
const MAY_COME: ReadonlySet<string> = new Set(['source.not-found', 'source.forbidden']);

/**
 * How long a segment that fails is tried for. What is behind it is fetched meanwhile and waits in memory to be committed in order,
 * so that trying on costs nothing as long as there is memory. Therefore:
 *
 * - While the whole source is away, everything planned is held on to; when it is back, nothing that failed before counts.
 * - While it is listed, a segment is tried on, for some time: whoever holds up the others too long risks more than itself, should
 *   this process end. Before anything was had, refusals count at once: the source may be of no use at all.
 * - Once it left the list, a refusal is final, and a disturbance is tried through a few times more.
 * - Where memory is full, so that others have to wait for it which will soon leave the list themselves, it gets one more try at once,
 *   and is given up when that fails as well: one segment is lost instead of several.
 */
export class SegmentPatience {
  constructor(
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly window: PlaylistWindow,
    /** Whether the playlist could be had when it was last asked for. */
    private readonly playlist: { readonly reachable: boolean },
    /** Whether somebody can be asked where the source is now. */
    private readonly source: { readonly renewable: boolean },
    /** Whether a segment was had before. */
    private readonly isProven: () => boolean,
  ) {}

  mayRetry(step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number): boolean {
    const { isProven, playlist, settings, source } = this;
    const { code } = fault.reason;
    if (code === 'source.encrypted') return false;
    if (!playlist.reachable) return true;
    const listed = this.window.lists(step);
    if (fault.definitive && !listed) return false;
    // Refused by a source that can be found anew, a segment has another address as soon as the playlist is read again.
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
