import { Migration } from '@mikro-orm/migrations';

/** JSON lies in plain text columns, the same on every engine. What is dropped is built again from the log. */
export class Migration20261123JsonAsText extends Migration {
  override up(): void {
    this.addSql('drop table `recordings`;');
    this.addSql(
      'create table `recordings` (`id` integer not null primary key, `streamer_id` integer not null, `state` text not null, `has_failed_step` integer not null, `has_parts` integer not null, `context` text not null, `revision` text not null);',
    );
    this.addSql('create index `recordings_streamer_id_index` on `recordings` (`streamer_id`);');
    this.addSql('create index `recordings_state_index` on `recordings` (`state`);');
    this.addSql('create index `recordings_has_failed_step_index` on `recordings` (`has_failed_step`);');
    this.addSql('drop table `videos`;');
    this.addSql(
      'create table `videos` (`id` integer not null primary key, `recording_id` integer not null, `streamer_id` integer not null, `streamer_name` text not null, `title` text not null, `category` text null, `recorded_at` text not null, `duration_seconds` double not null, `bytes` double not null, `width` integer null, `height` integer null, `codecs` text null, `file` text not null, `thumbnail_file` text not null, `gaps` text not null, `search_text` text not null);',
    );
    this.addSql('create index `videos_recording_id_index` on `videos` (`recording_id`);');
    this.addSql('create index `videos_streamer_id_index` on `videos` (`streamer_id`);');
    this.addSql('create index `videos_recorded_at_index` on `videos` (`recorded_at`);');
    this.addSql("delete from `projection_checkpoints` where `name` in ('recording-view', 'video-library');");
  }
}
