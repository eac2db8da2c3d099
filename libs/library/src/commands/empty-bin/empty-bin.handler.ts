import { EntityManager } from '@mikro-orm/core';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Position } from '@streamvault/event-store';
import { deterministicId, DomainError, requirePermission } from '@streamvault/kernel';
import { VideoRow } from '../../read-models/video-row.entity.js';
import { PurgeVideo } from '../purge-video/purge-video.command.js';
import { EmptyBin, type EmptiedBin } from './empty-bin.command.js';

@CommandHandler(EmptyBin)
export class EmptyBinHandler implements ICommandHandler<EmptyBin> {
  constructor(
    private readonly em: EntityManager,
    private readonly commands: CommandBus,
  ) {}

  /** One after the other, so that the disk of a hundred streamers is not busy with this. */
  async execute({ which, metadata, signal }: EmptyBin): Promise<EmptiedBin> {
    requirePermission(metadata, 'videos.purge');
    let purged = 0;
    let bytesFreed = 0;
    let position: Position | undefined;
    const failed: { videoId: number; code: string; message: string }[] = [];
    for (const videoId of await this.#chosen(which, metadata.now)) {
      if (signal.aborted) break;
      const step = { ...metadata, commandId: deterministicId(metadata.commandId, videoId) };
      try {
        const outcome = await this.commands.execute(
          new PurgeVideo(videoId, { beforeGraceEnds: which !== 'due' }, step),
        );
        position = outcome.position ?? position;
        if (outcome.failure) failed.push({ videoId, ...outcome.failure });
        else purged += outcome.position === undefined ? 0 : 1;
        bytesFreed += outcome.bytesFreed;
      } catch (error) {
        // Restored or purged meanwhile, or its disk is away: the others continue. Any other error is a defect.
        if (!(error instanceof DomainError)) throw error;
        failed.push({ videoId, code: error.code, message: error.message });
      }
    }
    return { purged, bytesFreed, failed, position };
  }

  async #chosen(which: EmptyBin['which'], now: string): Promise<number[]> {
    if (typeof which === 'object') return [...new Set(which.videoIds)];
    const inBin = which === 'all' ? { place: 'bin' } : { place: 'bin', purgeAfter: { $lte: now } };
    const rows = await this.em
      .fork()
      .find(
        VideoRow,
        { $or: [inBin, { place: 'purging' }] },
        { orderBy: { purgeAfter: 'asc', id: 'asc' }, fields: ['id'] },
      );
    return rows.map(({ id }) => id);
  }
}
