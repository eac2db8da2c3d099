import { copyLog } from '@streamvault/event-store';
import { Command } from 'commander';
import { UsageFailure } from '../../cli-failure.js';
import { command } from '../../command-context.js';
import { withSource, withTarget } from '../../open-logs.js';
import { transferLabels } from './transfer-labels.js';

export const copy = command(
  new Command('copy')
    .description(
      'copy a log between stores (sqlite:<path>, kurrentdb://…), or continue an interrupted copy, and compare both',
    )
    .option('--from <url>', 'the log to read; EVENT_STORE_URL by default')
    .option('--to <url>', 'the log to write, empty at first; EVENT_STORE_URL by default'),
  async ({ settings, progress, signal }, _, { from = settings.eventStoreUrl, to = settings.eventStoreUrl }) => {
    if (from === to)
      throw new UsageFailure('Name another log with --from or --to: a log cannot be copied onto itself.');
    // Loaded only here: the other commands need no contexts.
    const { foldStream } = await import('../../fold-stream.js');
    return withSource(from, (source) =>
      withTarget(to, async (target) => {
        const { events, appended, hash } = await copyLog(source, target, {
          signal,
          fold: foldStream,
          onProgress: ({ phase, events: done }) => progress.show(transferLabels[phase], done),
        });
        return {
          json: { ok: true, events, appended, hash },
          lines: [
            `${events.toLocaleString('en')} events, ${appended.toLocaleString('en')} of them new; counts, hashes and states are equal. Hash: ${hash}`,
          ],
        };
      }),
    );
  },
);
