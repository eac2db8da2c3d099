import { type AnyActorScope, createActor, type SnapshotFrom, type StateNode } from 'xstate';
import { activeRecordingStates } from '@streamvault/api-contract';
import type { RecordingEvent } from './recording-events.js';
import type { RecordingContext } from './recording-context.js';
import { recordingMachine } from './recording.machine.js';

export type RecordingSnapshot = SnapshotFrom<typeof recordingMachine>;

/** undefined: not requested yet. */
export type RecordingState = RecordingSnapshot | undefined;

export const recordingStateNames = [
  'requested',
  'starting',
  'capturing',
  'reconnecting',
  'finalizing',
  'postProcessing',
  'completed',
  'failed',
  'cancelled',
] as const;
export type RecordingStateName = (typeof recordingStateNames)[number];

const isStateName = (name: string): name is RecordingStateName =>
  (recordingStateNames as readonly string[]).includes(name);

const takingStates: ReadonlySet<string> = new Set(activeRecordingStates);

/**
 * Whether a recording in that state takes its streamer's broadcast, or is about to. This is the one answer to "is it
 * recording?".
 */
export const isTaking = (state: string): boolean => takingStates.has(state);

/** The innermost state, which is what people and programs see. */
export function stateName(snapshot: Pick<RecordingSnapshot, 'value'>): RecordingStateName {
  const { value } = snapshot;
  const name: string = typeof value === 'string' ? value : value.taking;
  if (!isStateName(name)) throw new Error(`The machine has a state '${name}' that is not in recordingStateNames.`);
  return name;
}

/**
 * An actor that never starts. xstate's `transition()` makes a new one for every event, which takes two thirds of its
 * time. It has no influence on the fold, and no effect runs.
 */
const asleep = createActor(recordingMachine, { input: undefined as never });
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
export function evolve(state: RecordingState, event: RecordingEvent): RecordingState {
  if (event.type === 'RecordingRequested') return state ?? recordingMachine.getInitialSnapshot(scope, event.data);
  return state && recordingMachine.transition(state, event, scope);
}

/** Restores a snapshot from what {@link dehydrate} kept. Its effects are not included, so it is only for folding. */
export function rehydrate(kept: { state: RecordingStateName; context: RecordingContext }): RecordingSnapshot {
  const { state, context } = kept;
  const value =
    state === 'starting' || state === 'capturing' || state === 'reconnecting' ? ({ taking: state } as const) : state;
  return recordingMachine.resolveState({ value, context });
}

export const dehydrate = (snapshot: RecordingSnapshot): { state: RecordingStateName; context: RecordingContext } => ({
  state: stateName(snapshot),
  context: snapshot.context,
});

export interface LifecycleTransition {
  readonly event: string;
  readonly target: string;
  readonly description: string;
}
export interface LifecycleState {
  readonly name: string;
  readonly description: string;
  readonly final: boolean;
  readonly waiting: boolean;
  readonly transitions: readonly LifecycleTransition[];
}

type Node = StateNode<RecordingContext, never>;

function leavesOf(node: Node): Node[] {
  const children = Object.values(node.states);
  return children.length === 0 ? [node] : children.flatMap((child) => leavesOf(child));
}

function withAncestors(node: Node): Node[] {
  return node.parent ? [node, ...withAncestors(node.parent)] : [node];
}

const firstLeaf = (node: Node): string => {
  const initial = Object.values(node.states)[0];
  return initial ? firstLeaf(initial) : node.key;
};

/**
 * The statechart as data, read from the machine itself: the flat list of states that a person sees, with their
 * transitions.
 */
export function describeLifecycle(): { id: string; initial: string; states: LifecycleState[] } {
  const root = recordingMachine.root as unknown as Node;
  const states = leavesOf(root).map((leaf): LifecycleState => {
    const chain = withAncestors(leaf);
    const transitions = chain.flatMap((node) =>
      [...node.transitions.values()].flat().flatMap(({ eventType, target, description }) => {
        const targets = target?.map((aim) => firstLeaf(aim)) ?? [leaf.key];
        return targets.map((aim) => ({ event: eventType, target: aim, description: description ?? '' }));
      }),
    );
    const tags = new Set(chain.flatMap((node) => node.tags));
    return {
      name: leaf.key,
      description: leaf.description ?? '',
      final: tags.has('ended'),
      waiting: tags.has('waiting'),
      transitions,
    };
  });
  return { id: recordingMachine.id, initial: firstLeaf(root), states };
}

/** A recording's events as its state and context; undefined before the first. */
export function foldRecording(
  events: readonly { readonly type: string; readonly data: object }[],
): { state: RecordingStateName; context: RecordingContext } | undefined {
  // The registry gives only recording events for a recording's stream.
  const folded = (events as readonly RecordingEvent[]).reduce<RecordingState>(evolve, undefined);
  return folded && dehydrate(folded);
}
