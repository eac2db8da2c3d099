import { exportLog } from '@streamvault/event-store';
import { Command } from 'commander';
import { CliFailure } from '../../cli-failure.js';
import { command } from '../../command-context.js';
import { withSource } from '../../open-logs.js';

export const exportCommand = command(
  new Command('export')
    .description('write the log to an NDJSON file, or continue an interrupted export; works beside a running server')
    .argument('<file>'),
  ({ settings, progress, signal }, [file = '']) =>
    withSource(settings.eventStoreUrl, async (log) => {
      const head = await log.headPosition();
      const result = await exportLog(log, file, {
        signal,
        onProgress: ({ phase, position }) =>
          progress.show(
            phase === 'reading' ? 'Checking what is there' : 'Exporting',
            Number(position ?? 0),
            Number(head ?? 0),
          ),
      });
      const { events, resumedAfter, hash, matchesChain } = result;
      const json = { ok: true, file, events, resumedAfter, position: String(result.position ?? 0), hash };
      if (matchesChain === false) {
        throw new CliFailure(
          `${file} contains all ${events} events, but they do not match the log's hash chain. Run "log verify".`,
          'log.broken',
          json,
        );
      }
      return {
        json,
        lines: [`${events.toLocaleString('en')} events in ${file} (${resumedAfter} were there). Hash: ${hash}`],
      };
    }),
);
