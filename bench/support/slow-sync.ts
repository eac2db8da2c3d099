import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(import.meta.dirname, 'slow-sync.c');

/** How often a process synced a file. */
export interface Syncs {
  /** By its main thread: each blocked the event loop. */
  readonly main: number;
  readonly others: number;
}

/** @throws if there is no compiler */
export function compileSlowSync(folder: string): string {
  const library = join(folder, 'slow-sync.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'pipe' });
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (!isMissing) throw cause;
    throw new Error('No C compiler (cc) is here. Install one, on Debian: apt-get install gcc libc6-dev', { cause });
  }
  return library;
}

/** The environment with which a process has its syncs slowed and counted, and a function for the count so far. */
export function slowSync(library: string, milliseconds: number, counts: string) {
  writeFileSync(counts, new Uint8Array(16));
  return {
    env: { LD_PRELOAD: library, SLOW_SYNC_MILLISECONDS: String(milliseconds), SLOW_SYNC_COUNTS: counts },
    counted: (): Syncs => {
      const bytes = readFileSync(counts);
      return { main: Number(bytes.readBigUInt64LE(0)), others: Number(bytes.readBigUInt64LE(8)) };
    },
  };
}
