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
 * Reads an export into a log that is empty, or that contains its beginning after an interrupted import. The whole file
 * is checked first, so nothing is written if it is cut off or was changed.
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
 * The end of an export that is complete and unchanged.
 * @throws InvalidExport
 */
export async function checkExport(path: string, { signal, onProgress }: ImportOptions = {}): Promise<ExportEnd> {
  await access(path).catch((cause: unknown) => {
    throw new InvalidExport(`There is no readable file ${path}.`, { cause });
  });
  const digest = new LogDigest();
  let end: ExportEnd | undefined;
  for await (const line of exportLines(path)) {
    signal?.throwIfAborted();
    if (end !== undefined) throw new InvalidExport(`${path} continues after its end, at line ${line.number}.`);
    if (line.kind === 'end') end = line.summary;
    if (line.kind !== 'event') continue;
    digest.add(line.event);
    if (digest.events % 1_000 === 0) onProgress?.({ phase: 'checking', events: digest.events });
  }
  if (end === undefined) {
    throw new InvalidExport(
      `${path} is incomplete: it has no end. Run the same export again, which continues where it ended.`,
    );
  }
  if (end.events === digest.events && end.hash === digest.hash) return end;
  throw new InvalidExport(
    `${path} was changed since it was written: its ${digest.events} events have the hash ${digest.hash}, and it names ${end.events} ` +
      `with ${end.hash}. Export again.`,
  );
}
