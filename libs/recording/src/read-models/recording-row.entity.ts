import { defineEntity, p } from '@mikro-orm/core';
import type { RecordingStateName } from '../domain/lifecycle.js';
import type { RecordingContext } from '../domain/recording.machine.js';

const RecordingRowSchema = defineEntity({
  name: 'RecordingRow',
  tableName: 'recordings',
  properties: {
    id: p.integer().primary().autoincrement(false),
    streamerId: p.integer().index(),
    state: p.string().$type<RecordingStateName>().index(),
    /** Whether a post-processing step has been given up. */
    hasFailedStep: p.boolean().index(),
    /** Whether its raw parts lie in the work folder. */
    hasParts: p.boolean(),
    /** The machine's context: everything else that is shown. */
    context: p.json<RecordingContext>(),
    /** Revision of the last event in it, as a decimal string. */
    revision: p.string(),
  },
});

/** A recording as the console lists it: the machine's own snapshot after its last event. */
export class RecordingRow extends RecordingRowSchema.class {}
RecordingRowSchema.setClass(RecordingRow);
