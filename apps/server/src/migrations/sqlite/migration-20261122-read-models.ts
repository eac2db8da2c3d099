import { Migration } from '@mikro-orm/migrations';

/** The read models as they began: how far each projection is, streamers, recordings, videos. */
export class Migration20261122ReadModels extends Migration {
  override up(): void {
    this.addSql(
      'create table `projection_checkpoints` (`name` text not null primary key, `version` integer not null, `position` text null);',
    );
    this.addSql(
      'create table `streamers` (`id` integer not null primary key, `name` text not null, `url` text not null, `platform` text not null, `auto_record` integer not null, `quality` text not null, `created_at` text not null);',
    );
    this.addSql(
      'create table `recordings` (`id` integer not null primary key, `streamer_id` integer not null, `state` text not null, `has_failed_step` integer not null, `has_parts` integer not null, `context` json not null, `revision` text not null);',
    );
    this.addSql('create index `recordings_streamer_id_index` on `recordings` (`streamer_id`);');
    this.addSql('create index `recordings_state_index` on `recordings` (`state`);');
    this.addSql('create index `recordings_has_failed_step_index` on `recordings` (`has_failed_step`);');
    this.addSql(
      'create table `videos` (`id` integer not null primary key, `recording_id` integer not null, `streamer_id` integer not null, `streamer_name` text not null, `title` text not null, `category` text null, `recorded_at` text not null, `duration_seconds` double not null, `bytes` double not null, `width` integer null, `height` integer null, `codecs` text null, `file` text not null, `thumbnail_file` text not null, `gaps` json not null, `search_text` text not null);',
    );
    this.addSql('create index `videos_recording_id_index` on `videos` (`recording_id`);');
    this.addSql('create index `videos_streamer_id_index` on `videos` (`streamer_id`);');
    this.addSql('create index `videos_recorded_at_index` on `videos` (`recorded_at`);');
  }

  override down(): void {
    for (const table of ['videos', 'recordings', 'streamers', 'projection_checkpoints'])
      this.addSql(`drop table \`${table}\`;`);
  }
}
