import type { cleanupReason, spareReason } from '@streamvault/api-contract';
import type { z } from 'zod';

export type Reason = z.infer<typeof cleanupReason>;
export type SpareReason = z.infer<typeof spareReason>;

/** A video of the library, as far as cleanup needs it. Instants are ISO 8601 UTC. */
export interface PlannedVideo {
  readonly id: number;
  /** Revision of its stream: a run removes it only if it has not changed since the plan. */
  readonly revision: string;
  readonly title: string;
  readonly streamerName: string;
  readonly streamerId: number;
  readonly category: string | null;
  /** When the broadcast ended. */
  readonly endedAt: string;
  /** Allocated on the disk and freed by removing it: 0 if another hard link keeps them. */
  readonly bytes: number;
  readonly isProtected: boolean;
  readonly watchedAt: string | null;
  /** Something needs it now. */
  readonly hold: 'in-process' | 'watched-now' | 'shared' | null;
}

export interface BinnedVideo {
  readonly id: number;
  readonly binnedAt: string;
  readonly bytes: number;
}

export interface Now {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** IANA name. */
  readonly zone: string;
  readonly freeBytes: number;
  /** The rate at which recordings write to the disk of the videos. */
  readonly bytesPerSecond: number;
  /** What emptying the bin would free. */
  readonly binBytes: number;
  readonly bin: readonly BinnedVideo[];
}

export interface PlannedRemoval {
  readonly video: PlannedVideo;
  readonly policy: string;
  readonly reason: Reason;
  readonly rule: string;
  /** `purge`: at once, without the bin. */
  readonly action: 'bin' | 'purge';
  /** What would have kept it without the emergency. */
  readonly overrides: SpareReason | null;
}

export interface Spared {
  readonly video: PlannedVideo;
  readonly policy: string;
  readonly reason: Reason;
  readonly spared: SpareReason;
}

export interface CleanupPlan {
  readonly removals: readonly PlannedRemoval[];
  readonly spared: readonly Spared[];
  /** Videos of the bin whose grace period is not over. */
  readonly binToEmpty: readonly number[];
  readonly bytes: number;
  readonly share: number;
  readonly needsConfirmation: boolean;
  readonly bytesMissing: number;
}
