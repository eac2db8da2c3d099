import { Migration } from '@mikro-orm/migrations';

/** A checkpoint also tells of which log it is. Those that are there get theirs with the next event. */
export class Migration20261130CheckpointFingerprint extends Migration {
  override up(): void {
    this.addSql('alter table "projection_checkpoints" add column "fingerprint" text null;');
  }
}
