import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CleanupRunAnswer } from '@streamvault/api-contract';
import type { Position } from '@streamvault/event-store';
import {
  type CommandMetadata,
  deterministicId,
  DomainError,
  onOwnBehalf,
  requirePermission,
} from '@streamvault/kernel';
import { BinVideo, EmptyBin, PurgeVideo } from '@streamvault/library';
import { CleanupStreams } from '../../cleanup-streams.js';
import { CleanupAlreadyRunning, CleanupNotConfirmed } from '../../domain/cleanup-errors.js';
import { plan } from '../../domain/plan.js';
import type { CleanupPlan, PlannedRemoval } from '../../domain/plan-types.js';
import { LibrarySnapshots } from '../../run/library-snapshot.js';
import { RunCleanup } from './run-cleanup.command.js';

/** Limits a list that a thousand refusals would make unreadable. */
const mostSkipped = 100;

interface Tally {
  binned: number;
  purged: number;
  bytesFreed: number;
  bytesInBin: number;
  position: Position | undefined;
  readonly skipped: { videoId: number; code: string; message: string }[];
}

/**
 * After an interruption nothing has to be repaired: videos in the bin have their reason, and the next run chooses from
 * the rest.
 */
@CommandHandler(RunCleanup)
export class RunCleanupHandler implements ICommandHandler<RunCleanup> {
  #isRunning = false;

  constructor(
    private readonly streams: CleanupStreams,
    private readonly snapshots: LibrarySnapshots,
    private readonly commands: CommandBus,
  ) {}

  /** @throws CleanupNotConfirmed, CleanupAlreadyRunning, DiskGone */
  async execute(command: RunCleanup): Promise<{ run: CleanupRunAnswer; position: Position | undefined }> {
    requirePermission(command.metadata, 'cleanup.run');
    if (this.#isRunning) throw new CleanupAlreadyRunning();
    this.#isRunning = true;
    try {
      return await this.#run({ options: command.options, metadata: onOwnBehalf(command.metadata) });
    } finally {
      this.#isRunning = false;
    }
  }

  async #run({
    options,
    metadata,
  }: Pick<RunCleanup, 'options' | 'metadata'>): Promise<{ run: CleanupRunAnswer; position: Position | undefined }> {
    const { confirm, holdUnconfirmed = false, signal } = options;
    const { videos, now } = await this.snapshots.take(metadata.now);
    const planned = plan(await this.streams.settings(), videos, now);
    const isHeld = planned.needsConfirmation && confirm !== planned.removals.length;
    if (isHeld && !holdUnconfirmed) throw new CleanupNotConfirmed(planned.removals.length);
    const tally = await this.#remove(planned, isHeld, metadata, signal);
    const { position, skipped, ...figures } = tally;
    const run: CleanupRunAnswer = {
      runId: metadata.commandId,
      by: metadata.actor,
      at: metadata.now,
      outcome: isHeld ? 'held' : 'done',
      chosen: planned.removals.length,
      ...figures,
      skipped: skipped.slice(0, mostSkipped),
    };
    // A rule that finds nothing every half hour is not news.
    const isNews = tally.binned + tally.purged + skipped.length > 0 || !holdUnconfirmed;
    const noted = isNews ? await this.streams.noteRun(run, metadata) : undefined;
    return { run, position: noted ?? position };
  }

  async #remove(
    { binToEmpty, removals }: CleanupPlan,
    isHeld: boolean,
    metadata: CommandMetadata,
    signal: AbortSignal | undefined,
  ): Promise<Tally> {
    const tally: Tally = { binned: 0, purged: 0, bytesFreed: 0, bytesInBin: 0, position: undefined, skipped: [] };
    if (binToEmpty.length > 0) {
      const step = { ...metadata, commandId: deterministicId(metadata.commandId, 'bin') };
      const emptied = await this.commands.execute(new EmptyBin({ videoIds: binToEmpty }, step, signal));
      tally.purged += emptied.purged;
      tally.bytesFreed += emptied.bytesFreed;
      tally.skipped.push(...emptied.failed);
      tally.position = emptied.position;
    }
    // The emergency waits for no confirmation; what rules chose does.
    for (const removal of isHeld ? removals.filter(({ action }) => action === 'purge') : removals) {
      if (signal?.aborted) break;
      try {
        await this.#removeOne(removal, metadata, tally);
      } catch (error) {
        // Protected, watched or deleted since it was chosen: it stays as it is, and the others continue. Any other
        // error is a defect.
        if (!(error instanceof DomainError)) throw error;
        tally.skipped.push({ videoId: removal.video.id, code: error.code, message: error.message });
      }
    }
    return tally;
  }

  async #removeOne({ action, rule, video }: PlannedRemoval, metadata: CommandMetadata, tally: Tally): Promise<void> {
    const { id, revision } = video;
    const step = { ...metadata, commandId: deterministicId(metadata.commandId, id) };
    const binned = await this.commands.execute(new BinVideo(id, { rule, expected: BigInt(revision) }, step));
    tally.position = binned.position ?? tally.position;
    if (action === 'bin') {
      tally.binned += 1;
      tally.bytesInBin += binned.bytes;
      return;
    }
    const outcome = await this.commands.execute(new PurgeVideo(id, { beforeGraceEnds: true }, step));
    tally.position = outcome.position ?? tally.position;
    if (outcome.failure) tally.skipped.push({ videoId: id, ...outcome.failure });
    else tally.purged += 1;
    tally.bytesFreed += outcome.bytesFreed;
  }
}
