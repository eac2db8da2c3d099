import { defineEntity } from '@mikro-orm/core';
import { column } from './columns.js';

/** How far a projection has come, in the same database and the same transactions as the rows it keeps. */
export const ProjectionCheckpointSchema = defineEntity({
  name: 'ProjectionCheckpoint',
  tableName: 'projection_checkpoints',
  properties: {
    name: column.text().primary(),
    /** The version of the projection that wrote the rows. */
    version: column.wholeNumber(),
    /** A log position as a decimal string; null before the first. */
    position: column.text().nullable(),
    /** Of the log at that position; null where the log has no event there. */
    fingerprint: column.text().nullable(),
    /** Of the tables, see `shapeOf`; null where they were made by a program that kept none. */
    shape: column.text().nullable(),
  },
});

export class ProjectionCheckpoint extends ProjectionCheckpointSchema.class {}
ProjectionCheckpointSchema.setClass(ProjectionCheckpoint);
