import { Command } from 'commander';
import { command } from '../command-context.js';
import { headText } from '../heads.js';
import { withEmbedded } from '../open-logs.js';

const labels = { copying: 'Copying', verifying: 'Verifying' } as const;

export const backup = command(
  new Command('backup')
    .description('copy the embedded log into one new, verified file; works beside a running server')
    .argument('<file>'),
  ({ settings, progress, signal }, [file = '']) =>
    withEmbedded(settings.eventStoreUrl, async (log) => {
      const { path, bytes, head } = await log.backUp(file, {
        signal,
        onProgress: ({ phase, done, total }) => progress.show(labels[phase], done, total),
      });
      return {
        json: { ok: true, file: path, bytes, head: { ...head, position: String(head.position) } },
        lines: [
          `Backed up and verified: ${path}, ${bytes.toLocaleString('en')} bytes. Keep its head elsewhere: ${headText(head)}`,
          'The read models are not in it: they are rebuilt from the log.',
        ],
      };
    }),
);
