import { Migration } from '@mikro-orm/migrations';

/** What becomes of advertising is chosen by streamer. What is dropped is built again from the log. */
export class Migration20261124AdChoice extends Migration {
  override up(): void {
    this.addSql('drop table "streamers";');
    this.addSql(
      'create table "streamers" ("id" bigint not null, "name" text not null, "url" text not null, "platform" text not null, "auto_record" boolean not null, "quality" text not null, "ads" text not null, "created_at" text not null, primary key ("id"));',
    );
    this.addSql('delete from "projection_checkpoints" where "name" = \'streamer-list\';');
  }
}
