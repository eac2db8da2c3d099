import type { ChoiceName, OwnChoices } from '../domain/choices.js';
import type { StreamerRow } from './streamer-row.entity.js';

/** An empty column may come as undefined. */
export const ownChoicesOf = (row: Pick<StreamerRow, ChoiceName>): OwnChoices => ({
  autoRecord: row.autoRecord ?? null,
  quality: row.quality ?? null,
  ads: row.ads ?? null,
  proxies: row.proxies ?? null,
  patienceSeconds: row.patienceSeconds ?? null,
  reruns: row.reruns ?? null,
  stopAfterChangeSeconds: row.stopAfterChangeSeconds ?? null,
  nameTemplate: row.nameTemplate ?? null,
  notices: row.notices ?? null,
});
