import { restore } from '@streamvault/event-store';
import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { CliFailure } from '../cli-failure.js';
import { command } from '../command-context.js';
import { headText, parseHead } from '../heads.js';
import { embeddedPath } from '../open-logs.js';

const labels = { copying: 'Copying', verifying: 'Verifying' } as const;

export const restoreCommand = command(
  new Command('restore')
    .description('create the embedded log from a backup, where there is none; needs the server stopped')
    .argument('<file>')
    .option('--expect <head>', 'the head that "backup" printed: refuses any other file'),
  async ({ settings, progress, signal }, [file = ''], { expect }) => {
    const expectedHead = expect === undefined ? undefined : parseHead(expect);
    const target = embeddedPath(settings.eventStoreUrl);
    const { readModelsFile } = settings;
    if (readModelsFile !== undefined && existsSync(readModelsFile) && !existsSync(target)) {
      throw new CliFailure(
        `${readModelsFile} holds the read models of another log. Move it away: they are rebuilt when the server starts.`,
        'restore.read-models-exist',
      );
    }
    const { path, bytes, head } = await restore(file, target, {
      signal,
      ...(expectedHead && { expectedHead }),
      onProgress: ({ phase, done, total }) => progress.show(labels[phase], done, total),
    });
    return {
      json: { ok: true, file: path, bytes, head: { ...head, position: String(head.position) } },
      lines: [
        ...(existsSync(`${path}.head`)
          ? [`${path}.head records where the previous log ended. Delete it if what came after this backup may be lost.`]
          : []),
        `Restored and verified: ${path}. Head: ${headText(head)}`,
        readModelsFile === undefined
          ? 'The read models were not restored: they are rebuilt when the server starts.'
          : 'The read models were left out: they are rebuilt when the server starts.',
      ],
    };
  },
);
