import { type AnyActorScope, createActor, type SnapshotFrom } from 'xstate';
import type { BroadcastContext } from './broadcast-context.js';
import type { BroadcastEvent } from './broadcast-events.js';
import { broadcastMachine } from './broadcast.machine.js';

export type BroadcastSnapshot = SnapshotFrom<typeof broadcastMachine>;
/** undefined: never started. */
export type BroadcastState = BroadcastSnapshot | undefined;

export const broadcastStateNames = ['live', 'away', 'ended'] as const;
export type BroadcastStateName = (typeof broadcastStateNames)[number];

/** An actor that never starts. xstate's `transition()` would make one for every event. No effect runs. */
const asleep = createActor(broadcastMachine, { input: undefined as never });
const scope: AnyActorScope = {
  self: asleep,
  system: asleep.system,
  id: '',
  sessionId: '',
  logger: () => {},
  defer: () => {},
  stopChild: () => {},
  emit: () => {},
  actionExecutor: () => {},
};

/** Folds one event. An event that the present state does not accept changes nothing. */
export function evolve(state: BroadcastState, event: BroadcastEvent): BroadcastState {
  if (event.type === 'BroadcastStarted') return state ?? broadcastMachine.getInitialSnapshot(scope, event.data);
  return state && broadcastMachine.transition(state, event, scope);
}

/** Restores a snapshot from its name and context, for folding only. */
export const rehydrate = (state: BroadcastStateName, context: BroadcastContext): BroadcastSnapshot =>
  broadcastMachine.resolveState({ value: state, context });

/** A broadcast's events as its state and context; undefined before the first. */
export function foldBroadcast(
  events: readonly { readonly type: string; readonly data: object }[],
): { state: BroadcastStateName; context: BroadcastContext } | undefined {
  // The registry gives only broadcast events for a broadcast's stream.
  const folded = (events as readonly BroadcastEvent[]).reduce<BroadcastState>(evolve, undefined);
  return folded && { state: folded.value, context: folded.context };
}
