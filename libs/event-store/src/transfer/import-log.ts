import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EventStore } from '../port.js';
import { copyEvents, type TransferOptions, type TransferProgress, type TransferResult } from './copy-events.js';
import type { ExportEnd } from './export-format.js';
import { LogDigest } from './log-digest.js';
import { exportedEvents, exportLines } from './read-export.js';
import { InvalidExport } from './transfer-errors.js';

export interface ImportProgress extends Omit<TransferProgress, 'phase'> {
  readonly phase: TransferProgress['phase'] | 'checking';
}

export interface ImportOptions extends Omit<TransferOptions, 'onProgress'> {
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Reads an export into a log that is empty, or that holds its beginning, as after an interrupted import. The whole file is checked
 * first, so nothing is written of one that is cut off or was changed.
 *
 * @throws InvalidExport, LogsDiffer
 */
export async function importLog(
  file: string,
  target: EventStore,
  options: ImportOptions = {},
): Promise<TransferResult> {
  const path = resolve(file);
  await checkExport(path, options);
  return copyEvents(exportedEvents(path), target, options, {
    onCopied: async () => {
      for await (const line of exportLines(path)) {
        if (line.kind !== 'retention') continue;
        const { stream, metadata } = line.retention;
        await target.setStreamMetadata(stream, metadata);
      }
    },
  });
}

/**
 * Gives the end of an export that is whole and as it was written.
 *
 * @throws InvalidExport
 */
export async function checkExport(path: string, { signal, onProgress }: ImportOptions = {}): Promise<ExportEnd> {
  await access(path).catch((cause: unknown) => {
    throw new InvalidExport(`There is no file ${path} that can be read.`, { cause });
  });
  const digest = new LogDigest();
  let end: ExportEnd | undefined;
  for await (const line of exportLines(path)) {
    signal?.throwIfAborted();
    if (end !== undefined) throw new InvalidExport(`${path} goes on behind its end, at line ${line.number}.`);
    if (line.kind === 'end') end = line.summary;
    if (line.kind !== 'event') continue;
    digest.add(line.event);
    if (digest.events % 1_000 === 0) onProgress?.({ phase: 'checking', events: digest.events });
  }
  if (end === undefined) {
    throw new InvalidExport(
      `${path} is not whole: it has no end. Run the same export again, which goes on where it ended.`,
    );
  }
  if (end.events === digest.events && end.hash === digest.hash) return end;
  throw new InvalidExport(
    `${path} was changed since it was written: its ${digest.events} events have the hash ${digest.hash}, and it names ${end.events} ` +
      `with ${end.hash}. Export again.`,
  );
}
