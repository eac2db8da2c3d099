import type { EventStore, RecordedEvent } from '@streamvault/event-store';

type Log = Pick<EventStore, 'find' | 'readStream'>;

/**
 * How many events are searched for a cause or an effect, in the stream and under the correlation id: it is nearly
 * always close.
 */
const streamReach = 250;
const correlationReach = 1_000;
const pageSize = 200;
const longestChain = 200;
const mostEffects = 50;

/**
 * The events that led to this one, the first one first. What started them is not an event: a request's id is its
 * correlation id. A cause is in the same stream or, by the rule for appends, under the same correlation id.
 */
export async function causesOf(log: Log, event: RecordedEvent): Promise<readonly RecordedEvent[]> {
  const chain: RecordedEvent[] = [];
  const seen = new Set([event.id]);
  for (let effect = event; chain.length < longestChain;) {
    const { $causationId, $correlationId } = effect.metadata;
    if ($causationId === $correlationId || seen.has($causationId)) break;
    const cause = await causeOf(log, effect);
    if (cause === undefined) break;
    seen.add(cause.id);
    chain.push(cause);
    effect = cause;
  }
  return chain.toReversed();
}

/** The events that this one caused directly, oldest first. */
export async function effectsOf(log: Log, event: RecordedEvent): Promise<readonly RecordedEvent[]> {
  const effects = new Map<string, RecordedEvent>();
  const note = (each: RecordedEvent) => {
    if (each.metadata.$causationId === event.id && each.id !== event.id) effects.set(`${each.stream} ${each.id}`, each);
  };
  const { stream, revision } = event;
  for await (const each of log.readStream(stream, { from: revision + 1n, limit: streamReach })) note(each);
  for await (const each of correlated(log, event, 'forwards')) note(each);
  const inOrder = [...effects.values()].toSorted((left, right) => (left.position < right.position ? -1 : 1));
  return inOrder.slice(0, mostEffects);
}

async function causeOf(log: Log, effect: RecordedEvent): Promise<RecordedEvent | undefined> {
  const { metadata, revision, stream } = effect;
  const isCause = ({ id }: RecordedEvent) => id === metadata.$causationId;
  if (revision > 0n) {
    const before = log.readStream(stream, { from: revision - 1n, direction: 'backwards', limit: streamReach });
    for await (const each of before) if (isCause(each)) return each;
  }
  for await (const each of correlated(log, effect, 'backwards')) if (isCause(each)) return each;
  return undefined;
}

/** What was appended under the same correlation id after an event, or before it; nearest first. */
async function* correlated(
  log: Log,
  { metadata, position }: RecordedEvent,
  direction: 'forwards' | 'backwards',
): AsyncGenerator<RecordedEvent, void, undefined> {
  const correlationId = metadata.$correlationId;
  let cursor = position;
  for (let looked = 0; looked < correlationReach;) {
    const from = direction === 'forwards' ? { after: cursor } : { before: cursor };
    const { events, next } = await log.find({ correlationId, direction, limit: pageSize, ...from });
    yield* events;
    looked += events.length;
    // A short page with a cursor comes from a store without an index, which has searched enough by then.
    if (next === undefined || events.length < pageSize) return;
    cursor = next;
  }
}
