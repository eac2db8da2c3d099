import { Migration } from '@mikro-orm/migrations';

/** Proxies are chosen by streamer. Nobody had chosen any before, so the rows are right as they are. */
export class Migration20261125Proxies extends Migration {
  override up(): void {
    this.addSql('alter table `streamers` add column `proxies` text null;');
  }
}
