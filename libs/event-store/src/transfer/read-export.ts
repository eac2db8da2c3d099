import { createReadStream } from 'node:fs';
import type { RecordedEvent } from '../port.js';
import { type ExportLine, HEADER, parseLine } from './export-format.js';
import { InvalidExport } from './transfer-errors.js';

/** More than an event can have with every character escaped: such a file is not an export. */
const MAX_LINE = 128 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface WholeLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** In bytes: where the next line begins. */
  readonly nextOffset: number;
}

/**
 * The lines of a file that end with a newline; an incomplete last line is left out.
 * @throws InvalidExport if a line is too long
 */
export async function* wholeLines(path: string): AsyncGenerator<WholeLine, void, undefined> {
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 0;
  let nextOffset = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      pieces.push(bytes.subarray(from, at));
      const line = pieces.length === 1 ? bytes.subarray(from, at) : Buffer.concat(pieces);
      number += 1;
      nextOffset += line.length + 1;
      from = at + 1;
      pieces = [];
      length = 0;
      yield { text: line.toString('utf8'), number, nextOffset };
    }
    pieces.push(bytes.subarray(from));
    length += bytes.length - from;
    if (length > MAX_LINE)
      throw new InvalidExport(`Line ${number + 1} of ${path} does not end: it is not an export of a log.`);
  }
}

export type NumberedLine = ExportLine & Omit<WholeLine, 'text'>;

/** @throws InvalidExport naming the first line that does not belong in an export */
export async function* exportLines(path: string): AsyncGenerator<NumberedLine, void, undefined> {
  for await (const { text, number, nextOffset } of wholeLines(path)) {
    if (number === 1) {
      if (text === HEADER) continue;
      throw new InvalidExport(
        `${path} is not an export of a log that this StreamVault can read: its first line is not ${HEADER}.`,
      );
    }
    const line = parseLine(text);
    if (line === undefined) throw new InvalidExport(`Line ${number} of ${path} does not belong in an export.`);
    yield { ...line, number, nextOffset };
  }
}

export async function* exportedEvents(path: string): AsyncGenerator<RecordedEvent, void, undefined> {
  for await (const line of exportLines(path)) if (line.kind === 'event') yield line.event;
}
