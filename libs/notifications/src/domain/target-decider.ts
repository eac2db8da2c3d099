import type { Decider } from '@streamvault/kernel';
import { InvalidTarget, TargetNotFound, TooManyTargets } from './target-errors.js';
import type { TargetEvent, TargetFacts } from './target-events.js';

export interface Target extends TargetFacts {
  readonly switchedOff: {
    readonly at: string;
    readonly cause: { readonly code: string; readonly message: string };
  } | null;
}

/** By id, in the order in which they were added. */
export type Targets = ReadonlyMap<number, Target>;

type TargetChanges = { readonly [Name in keyof Omit<TargetFacts, 'targetId'>]?: TargetFacts[Name] | undefined };

/** `at`: when, ISO 8601 UTC. */
export type TargetCommand = { readonly targetId: number; readonly at: string } & (
  | { readonly type: 'AddTarget'; readonly by: string; readonly facts: TargetFacts }
  | { readonly type: 'ChangeTarget'; readonly by: string; readonly changes: TargetChanges }
  | { readonly type: 'RemoveTarget'; readonly by: string }
  | { readonly type: 'SwitchOffTarget'; readonly cause: { readonly code: string; readonly message: string } }
);

const mostTargets = 100;

export const targetDecider: Decider<Targets, TargetCommand, TargetEvent> = {
  initialState: () => new Map(),
  evolve(state, event) {
    const targets = new Map(state);
    const { targetId } = event.data;
    switch (event.type) {
      case 'NotificationTargetAdded':
      case 'NotificationTargetChanged': {
        const { by: _by, at: _at, ...facts } = event.data;
        return targets.set(targetId, { ...facts, switchedOff: null });
      }
      case 'NotificationTargetRemoved':
        targets.delete(targetId);
        return targets;
      case 'NotificationTargetSwitchedOff': {
        const target = targets.get(targetId);
        const { at, cause } = event.data;
        return target ? targets.set(targetId, { ...target, enabled: false, switchedOff: { at, cause } }) : targets;
      }
      default:
        return event satisfies never;
    }
  },
  decide(command, targets) {
    const { targetId, at } = command;
    if (command.type === 'AddTarget') {
      if (targets.size >= mostTargets) throw new TooManyTargets(mostTargets);
      return [{ type: 'NotificationTargetAdded', data: { ...command.facts, targetId, by: command.by, at } }];
    }
    const target = targets.get(targetId);
    switch (command.type) {
      case 'ChangeTarget':
        if (!target) throw new TargetNotFound(targetId);
        return changed(target, command.changes, command.by, at);
      case 'RemoveTarget':
        if (!target) throw new TargetNotFound(targetId);
        return [{ type: 'NotificationTargetRemoved', data: { targetId, by: command.by, at } }];
      case 'SwitchOffTarget':
        return target?.enabled
          ? [{ type: 'NotificationTargetSwitchedOff', data: { targetId, cause: command.cause, at } }]
          : [];
      default:
        return command satisfies never;
    }
  },
};

function changed(target: Target, changes: TargetChanges, by: string, at: string): readonly TargetEvent[] {
  const { switchedOff, ...before } = target;
  const { settings = before.settings } = changes;
  if (settings.kind !== before.settings.kind)
    throw new InvalidTarget(
      `This target is of the kind ${before.settings.kind}. Add another one for ${settings.kind}.`,
    );
  const facts: TargetFacts = {
    targetId: before.targetId,
    name: changes.name ?? before.name,
    settings,
    origin: changes.origin ?? before.origin,
    kinds: changes.kinds === undefined ? before.kinds : changes.kinds,
    streamerIds: changes.streamerIds === undefined ? before.streamerIds : changes.streamerIds,
    quiet: changes.quiet === undefined ? before.quiet : changes.quiet,
    digestAt: changes.digestAt === undefined ? before.digestAt : changes.digestAt,
    templates: changes.templates ?? before.templates,
    enabled: changes.enabled ?? before.enabled,
  };
  const isSame = switchedOff === null && JSON.stringify(facts) === JSON.stringify(inOrder(before));
  return isSame ? [] : [{ type: 'NotificationTargetChanged', data: { ...facts, by, at } }];
}

const inOrder = ({ targetId, name, settings, origin, ...manner }: TargetFacts): TargetFacts => ({
  targetId,
  name,
  settings,
  origin,
  kinds: manner.kinds,
  streamerIds: manner.streamerIds,
  quiet: manner.quiet,
  digestAt: manner.digestAt,
  templates: manner.templates,
  enabled: manner.enabled,
});

/** Whether a target wants a notice. */
export function wants(
  target: Target,
  { kind, streamerId }: { readonly kind: string; readonly streamerId: number | null },
): boolean {
  if (!target.enabled) return false;
  if (target.kinds !== null && !target.kinds.includes(kind)) return false;
  return target.streamerIds === null || streamerId === null || target.streamerIds.includes(streamerId);
}

/** The events of all targets as a list, for time travel. */
export const foldTargets = (events: readonly { readonly type: string; readonly data: object }[]): object => ({
  // The registry gives only target events for this stream.
  targets: [
    ...(events as readonly TargetEvent[])
      .reduce<Targets>((state, event) => targetDecider.evolve(state, event), targetDecider.initialState())
      .values(),
  ],
});
