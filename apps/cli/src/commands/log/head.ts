import { Command } from 'commander';
import { command } from '../../command-context.js';
import { headText } from '../../heads.js';
import { withEmbedded } from '../../open-logs.js';

export const head = command(
  new Command('head').description('print position and hash of the last event, to keep elsewhere for later checks'),
  ({ settings }) =>
    withEmbedded(settings.eventStoreUrl, async (log) => {
      const found = await log.head();
      return { json: { ok: true, position: String(found.position), hash: found.hash }, lines: [headText(found)] };
    }),
);
