import { defineEntity } from '@mikro-orm/core';
import { column } from './columns.js';

/** The checkpoint of a projection, in the same database and the same transactions as its rows. */
export const ProjectionCheckpointSchema = defineEntity({
  name: 'ProjectionCheckpoint',
  tableName: 'projection_checkpoints',
  properties: {
    name: column.text().primary(),
    /** The version of the projection that wrote the rows. */
    version: column.wholeNumber(),
    /** A log position as a decimal string; null before the first event. */
    position: column.text().nullable(),
    /** Fingerprint of the log at that position; null if the log has no event there. */
    fingerprint: column.text().nullable(),
    /** Shape of the tables, see `shapeOf`; null if an older program made them. */
    shape: column.text().nullable(),
  },
});

export class ProjectionCheckpoint extends ProjectionCheckpointSchema.class {}
ProjectionCheckpointSchema.setClass(ProjectionCheckpoint);
