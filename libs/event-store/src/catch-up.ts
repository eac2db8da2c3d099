import { setImmediate } from 'node:timers/promises';
import type { CommitSignal } from './commit-signal.js';
import type { LogSource } from './log-source.js';
import { positionOf } from './position.js';
import type { EventFilter, SubscriptionMessage } from './port.js';

/** How many events a live subscriber may lag. Beyond that it is told that it fell behind. */
const LIVE_BUFFER = 256;

/**
 * A catch-up subscription over a log in this process. It always reads from the log, even when live: commits only wake
 * it. So no event can get lost or doubled between a reader and a buffer, and a slow consumer costs one page of memory,
 * however far behind it is.
 * @param after exclusive
 * @param hasEnded called before every message; true ends the subscription
 */
export async function* catchUp<Row>(
  source: LogSource<Row>,
  commits: CommitSignal,
  options: {
    readonly after: number;
    readonly filter: EventFilter | undefined;
    readonly signal: AbortSignal;
    readonly hasEnded: () => boolean;
  },
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  const { filter, signal, hasEnded } = options;
  let cursor = options.after;
  let live = false;
  while (!hasEnded()) {
    // There is no await between reading the head and registering for the next commit, so no wake-up is missed.
    const head = source.head();
    if (cursor >= head) {
      if (live) await commits.next(signal);
      else yield { kind: 'caughtUp' };
      live = true;
      continue;
    }
    const page = source.page(cursor, head, filter, LIVE_BUFFER);
    if (live && page.seenTo < head) {
      live = false;
      yield { kind: 'fellBehind' };
    }
    for (const row of page.rows) {
      if (hasEnded()) return;
      yield { kind: 'event', event: source.decode(row) };
      cursor = source.positionOf(row);
    }
    if (hasEnded()) return;
    if (page.seenTo > cursor) yield { kind: 'checkpoint', position: positionOf(page.seenTo) };
    cursor = page.seenTo;
    if (cursor < head) await setImmediate();
  }
}
