import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { BroadcastContext } from '../domain/broadcast-context.js';
import type { BroadcastStateName } from '../domain/broadcast-state.js';

type BroadcastDecision = NonNullable<BroadcastContext['decision']>['decision'];

const BroadcastRowSchema = defineEntity({
  name: 'BroadcastRow',
  tableName: 'broadcasts',
  properties: {
    id: column.wholeNumber().primary().autoincrement(false),
    streamerId: column.wholeNumber().index(),
    state: column.text().$type<BroadcastStateName>(),
    isOpen: column.boolean().index(),
    startedAt: column.sortableText().index(),
    decision: column.text().$type<BroadcastDecision>().nullable(),
    isRecorded: column.boolean(),
    /** When time alone changes something: patience, a grace period or a time window ends. */
    dueAt: column.sortableText().nullable().index(),
    context: column.json<BroadcastContext>(),
  },
});

/** A broadcast, with its state folded by the machine itself. */
export class BroadcastRow extends BroadcastRowSchema.class {}
BroadcastRowSchema.setClass(BroadcastRow);
