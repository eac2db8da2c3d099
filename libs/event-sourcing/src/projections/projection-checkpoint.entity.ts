import { defineEntity, p } from '@mikro-orm/sql';

/** How far a projection has come, in the same database and the same transactions as the rows it keeps. */
export const ProjectionCheckpointSchema = defineEntity({
  name: 'ProjectionCheckpoint',
  tableName: 'projection_checkpoints',
  properties: {
    name: p.string().primary(),
    /** The version of the projection that wrote the rows. */
    version: p.integer(),
    /** A log position as a decimal string; null before the first. */
    position: p.string().nullable(),
  },
});

export class ProjectionCheckpoint extends ProjectionCheckpointSchema.class {}
ProjectionCheckpointSchema.setClass(ProjectionCheckpoint);
