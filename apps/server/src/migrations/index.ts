import { Migration20261122ReadModels } from './migration-20261122-read-models.js';

/** In the order in which they are applied. A name, once released, stays. */
export const migrations = [{ name: 'Migration20261122ReadModels', class: Migration20261122ReadModels }];
