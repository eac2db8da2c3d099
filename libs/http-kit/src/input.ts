import { NotFoundException, type PipeTransform, StandardSchemaValidationPipe } from '@nestjs/common';
import { DomainError } from '@streamvault/kernel';
import { inWords } from './issue-in-words.js';
import { InvalidInput } from './problem.js';

/** Validates everything that has a schema. Reports what is wrong and where, never what was sent. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new InvalidInput(
      issues.map((issue) => ({
        path: (issue.path ?? []).map((key) => String(typeof key === 'object' ? key.key : key)).join('.'),
        message: inWords(issue),
      })),
    ),
});

/** A public id in a path. Text that cannot be one names nothing, which is a 404. */
export class PublicIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const id = Number(text);
    if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(id))
      throw new NotFoundException('There is nothing under that id.');
    return id;
  }
}

/**
 * The number in a part's file name. Players refuse media whose address does not have a media extension: `3.ts`,
 * `3.mp4`.
 */
export class PartFilePipe implements PipeTransform<string, number> {
  transform(text: string): number {
    return new PublicIdPipe().transform(text.replace(/\.(ts|mp4|aac|mp3|e?ac3)$/, ''));
  }
}

export class BadCursor extends DomainError {
  readonly code = 'cursor.invalid';
  readonly kind = 'invalid';
  constructor() {
    super('That cursor is not one of ours. Start again without it.');
  }
}

/** Cursors are opaque to clients: base64url of JSON. */
export const encodeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @throws BadCursor if `read` finds that it is not one of its own */
export function decodeCursor<Value>(
  cursor: string | undefined,
  read: (value: unknown) => Value | undefined,
): Value | undefined {
  if (cursor === undefined) return undefined;
  let value: Value | undefined;
  try {
    value = read(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    // Any text can be sent; what is not JSON is not a cursor.
  }
  if (value === undefined) throw new BadCursor();
  return value;
}

/** For lists that continue by id. */
export const idFromCursor = (cursor: string | undefined): number | undefined =>
  decodeCursor(cursor, (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined));
