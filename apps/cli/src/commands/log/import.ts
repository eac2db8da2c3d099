import { importLog } from '@streamvault/event-store';
import { Command } from 'commander';
import { command } from '../../command-context.js';
import { withTarget } from '../../open-logs.js';
import { transferLabels } from './transfer-labels.js';

export const importCommand = command(
  new Command('import')
    .description('read an export into an empty log, or continue an interrupted import; needs the server stopped')
    .argument('<file>'),
  ({ settings, progress, signal }, [file = '']) =>
    withTarget(settings.eventStoreUrl, async (log) => {
      const { events, appended, hash } = await importLog(file, log, {
        signal,
        onProgress: ({ phase, events: done }) => progress.show(transferLabels[phase], done),
      });
      return {
        json: { ok: true, file, events, appended, hash },
        lines: [
          `${events.toLocaleString('en')} events, ${appended.toLocaleString('en')} of them new, verified. Hash: ${hash}`,
        ],
      };
    }),
);
