import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { RecordingStateName } from '../domain/lifecycle.js';
import type { RecordingContext } from '../domain/recording-context.js';

const RecordingRowSchema = defineEntity({
  name: 'RecordingRow',
  tableName: 'recordings',
  properties: {
    id: column.wholeNumber().primary().autoincrement(false),
    streamerId: column.wholeNumber().index(),
    state: column.text().$type<RecordingStateName>().index(),
    /** Whether a post-processing step has been given up. */
    hasFailedStep: column.boolean().index(),
    /** Whether its raw parts lie in the work folder. */
    hasParts: column.boolean(),
    /** Sums of them all are asked for again and again, and before the context they are read without it. */
    bytes: column.wholeNumber(),
    gapSeconds: column.number(),
    adSeconds: column.number(),
    /** The machine's context: everything else that is shown. */
    context: column.json<RecordingContext>(),
    /** Revision of its last event, as a decimal string. */
    revision: column.text(),
  },
});

/** A recording as the console lists it: the machine's own snapshot after its last event. */
export class RecordingRow extends RecordingRowSchema.class {}
RecordingRowSchema.setClass(RecordingRow);
