import { Migration } from '@mikro-orm/migrations';

/** The read models as they began on PostgreSQL. What is sorted by is sorted by code point, as on SQLite, whatever the database does. */
export class Migration20261123ReadModels extends Migration {
  override up(): void {
    this.addSql(
      'create table "projection_checkpoints" ("name" text not null, "version" bigint not null, "position" text null, primary key ("name"));',
    );
    this.addSql(
      'create table "streamers" ("id" bigint not null, "name" text not null, "url" text not null, "platform" text not null, "auto_record" boolean not null, "quality" text not null, "created_at" text not null, primary key ("id"));',
    );
    this.addSql(
      'create table "recordings" ("id" bigint not null, "streamer_id" bigint not null, "state" text not null, "has_failed_step" boolean not null, "has_parts" boolean not null, "context" text not null, "revision" text not null, primary key ("id"));',
    );
    this.addSql('create index "recordings_streamer_id_index" on "recordings" ("streamer_id");');
    this.addSql('create index "recordings_state_index" on "recordings" ("state");');
    this.addSql('create index "recordings_has_failed_step_index" on "recordings" ("has_failed_step");');
    this.addSql(
      'create table "videos" ("id" bigint not null, "recording_id" bigint not null, "streamer_id" bigint not null, "streamer_name" text not null, "title" text not null, "category" text null, "recorded_at" text collate "C" not null, "duration_seconds" double precision not null, "bytes" double precision not null, "width" bigint null, "height" bigint null, "codecs" text null, "file" text not null, "thumbnail_file" text not null, "gaps" text not null, "search_text" text not null, primary key ("id"));',
    );
    this.addSql('create index "videos_recording_id_index" on "videos" ("recording_id");');
    this.addSql('create index "videos_streamer_id_index" on "videos" ("streamer_id");');
    this.addSql('create index "videos_recorded_at_index" on "videos" ("recorded_at");');
  }
}
