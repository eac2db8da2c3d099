import { Command } from '@nestjs/cqrs';
import type { Position } from '@streamvault/event-store';
import type { CommandMetadata } from '@streamvault/kernel';

export interface EmptiedBin {
  readonly purged: number;
  readonly bytesFreed: number;
  readonly failed: readonly { readonly videoId: number; readonly code: string; readonly message: string }[];
  /** Of the last event that resulted. */
  readonly position: Position | undefined;
}

/** Purges the content of the bin: all of it, certain videos, or only what is due. Interrupted purges are finished. */
export class EmptyBin extends Command<EmptiedBin> {
  constructor(
    readonly which: 'all' | 'due' | { readonly videoIds: readonly number[] },
    readonly metadata: CommandMetadata,
    readonly signal: AbortSignal = new AbortController().signal,
  ) {
    super();
  }
}
