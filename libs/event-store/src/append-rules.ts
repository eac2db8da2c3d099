import { EventIdConflict, WrongExpectedRevision } from './errors.js';
import type { PreparedEvent } from './new-events.js';
import type { ExpectedRevision, StreamName } from './port.js';

/** What the rules need to know about a stream. Revisions are plain numbers inside the adapters. */
export interface StreamView {
  /** The last revision, or -1 if the stream has no event. */
  readonly head: number;
  idAt(revision: number): string | undefined;
  revisionOf(id: string): number | undefined;
}

export type AppendDecision =
  | { readonly kind: 'write' }
  /** Appended before; `last` is the revision of its last event. */
  | { readonly kind: 'repeat'; readonly last: number };

const WRITE: AppendDecision = { kind: 'write' };

/**
 * Whether an append may be written, was written before, or is refused. The rules are those of KurrentDB's
 * `IndexWriter.CheckCommit`, with an exact memory of ids where the server's is a bounded cache.
 *
 * One check is left to the writer: that no id of a `write` is in the stream already.
 * @throws WrongExpectedRevision, EventIdConflict
 */
export function decideAppend(
  stream: StreamName,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
  view: StreamView,
): AppendDecision {
  if (expected === 'stream_exists' && view.head < 0) throw wrongRevision(stream, expected, view);
  if (expected === 'any' || expected === 'stream_exists') return repeatAnywhere(stream, events, view);

  const revision = expected === 'no_stream' ? -1 : Number(expected);
  if (revision > view.head) throw wrongRevision(stream, expected, view);
  return revision === view.head ? WRITE : repeatAfter(revision, stream, events, expected, view);
}

function repeatAnywhere(stream: StreamName, events: readonly PreparedEvent[], view: StreamView): AppendDecision {
  if (view.head < 0) return WRITE;
  let last: number | undefined;
  for (const [index, { id }] of events.entries()) {
    const revision = view.revisionOf(id);
    if (revision === undefined && index === 0) return WRITE;
    if (revision === undefined) throw new EventIdConflict(stream, id);
    last = revision;
  }
  return last === undefined ? WRITE : { kind: 'repeat', last };
}

function repeatAfter(
  revision: number,
  stream: StreamName,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
  view: StreamView,
): AppendDecision {
  for (const [index, { id }] of events.entries()) {
    if (view.idAt(revision + 1 + index) === id) continue;
    throw index === 0 ? wrongRevision(stream, expected, view) : new EventIdConflict(stream, id);
  }
  return { kind: 'repeat', last: revision + events.length };
}

function wrongRevision(stream: StreamName, expected: ExpectedRevision, view: StreamView): WrongExpectedRevision {
  return new WrongExpectedRevision(stream, expected, view.head < 0 ? 'no_stream' : BigInt(view.head));
}
