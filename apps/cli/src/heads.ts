import { type LogHead, parsePosition } from '@streamvault/event-store';
import { UsageFailure } from './cli-failure.js';

/** As `log head` prints it and `--expect` accepts it: `<position>:<hash>`. */
export function headText({ position, hash }: LogHead): string {
  return `${position}:${hash}`;
}

/** @throws UsageFailure */
export function parseHead(text: string): LogHead {
  const [, digits = '', hash = ''] = /^(\d{1,19}):([\da-fA-F]{64})$/.exec(text) ?? [];
  const position = parsePosition(digits);
  if (position === undefined) {
    throw new UsageFailure(
      '--expect takes a head as "log head" prints it: position:hash, the hash in 64 hexadecimal digits.',
    );
  }
  return { position, hash: hash.toLowerCase() };
}
