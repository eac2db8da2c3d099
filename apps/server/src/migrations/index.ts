import { Migration20261123ReadModels } from './postgresql/migration-20261123-read-models.js';
import { Migration20261124AdChoice as PostgresAdChoice } from './postgresql/migration-20261124-ad-choice.js';
import { Migration20261125Proxies as PostgresProxies } from './postgresql/migration-20261125-proxies.js';
import { Migration20261130CheckpointFingerprint as PostgresFingerprint } from './postgresql/migration-20261130-checkpoint-fingerprint.js';
import { Migration20261122ReadModels } from './sqlite/migration-20261122-read-models.js';
import { Migration20261123JsonAsText } from './sqlite/migration-20261123-json-as-text.js';
import { Migration20261124AdChoice as SqliteAdChoice } from './sqlite/migration-20261124-ad-choice.js';
import { Migration20261125Proxies as SqliteProxies } from './sqlite/migration-20261125-proxies.js';
import { Migration20261130CheckpointFingerprint as SqliteFingerprint } from './sqlite/migration-20261130-checkpoint-fingerprint.js';

/** One history per engine, in the order in which they are applied. A name, once released, stays. */
export const migrations = {
  sqlite: [
    { name: 'Migration20261122ReadModels', class: Migration20261122ReadModels },
    { name: 'Migration20261123JsonAsText', class: Migration20261123JsonAsText },
    { name: 'Migration20261124AdChoice', class: SqliteAdChoice },
    { name: 'Migration20261125Proxies', class: SqliteProxies },
    { name: 'Migration20261130CheckpointFingerprint', class: SqliteFingerprint },
  ],
  postgresql: [
    { name: 'Migration20261123ReadModels', class: Migration20261123ReadModels },
    { name: 'Migration20261124AdChoice', class: PostgresAdChoice },
    { name: 'Migration20261125Proxies', class: PostgresProxies },
    { name: 'Migration20261130CheckpointFingerprint', class: PostgresFingerprint },
  ],
};
