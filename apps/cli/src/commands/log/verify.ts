import { parsePosition } from '@streamvault/event-store';
import { Command } from 'commander';
import { CliFailure, UsageFailure } from '../../cli-failure.js';
import { command } from '../../command-context.js';
import { headText, parseHead } from '../../heads.js';
import { withEmbedded } from '../../open-logs.js';

export const verify = command(
  new Command('verify')
    .description('verify the hash chain of the embedded log; works beside a running server')
    .option('--from <position>', 'the first position to check; everything before it is trusted')
    .option(
      '--expect <head>',
      'a head that "log head" printed earlier: also detects a log that was cut off or rebuilt',
    ),
  ({ settings, progress, signal }, _, { from, expect }) => {
    const first = from === undefined ? undefined : parsePosition(from);
    if (from !== undefined && (first === undefined || first < 1n)) {
      throw new UsageFailure('--from takes a position: a whole number from 1.');
    }
    const expectedHead = expect === undefined ? undefined : parseHead(expect);
    return withEmbedded(settings.eventStoreUrl, async (log) => {
      const found = await log.verify({
        signal,
        ...(first !== undefined && { from: first }),
        ...(expectedHead && { expectedHead }),
        onProgress: ({ position, until }) => progress.show('Verifying', Number(position), Number(until)),
      });
      if (found.kind === 'intact') {
        return {
          json: { ok: true, events: found.events, head: { ...found.head, position: String(found.head.position) } },
          lines: [`Intact: ${found.events.toLocaleString('en')} events. Head: ${headText(found.head)}`],
        };
      }
      throw new CliFailure(
        `Broken at position ${found.position} (${found.break}): ${found.detail} Keep this file, and restore an earlier backup.`,
        'log.broken',
        { position: String(found.position), break: found.break },
      );
    });
  },
);
