import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { VideoFiles } from '../../bin/video-files.js';
import { type LibrarySettings, librarySettings } from '../../library-settings.js';
import { VideoStreams } from '../../video-streams.js';
import type { VideoOutcome } from '../outcome.js';
import { BinVideo } from './bin-video.command.js';

const dayMilliseconds = 24 * 3600 * 1000;

@CommandHandler(BinVideo)
export class BinVideoHandler implements ICommandHandler<BinVideo> {
  constructor(
    private readonly streams: VideoStreams,
    private readonly files: VideoFiles,
    @Inject(librarySettings.token) private readonly settings: LibrarySettings,
  ) {}

  /** @throws VideoNotFound, VideoDeleted, VideoIsProtected, ConcurrencyConflict, DiskGone */
  async execute({ videoId, choice, metadata }: BinVideo): Promise<VideoOutcome & { bytes: number }> {
    requirePermission(metadata, 'videos.delete');
    const { state } = await this.streams.find(videoId);
    const measured = state.place.kind === 'library' ? await this.files.measure(state) : [];
    const bytes = measured.reduce((sum, file) => sum + file.bytes, 0);
    const { actor: by, now: at } = metadata;
    const { position } = await this.streams.handle(
      {
        type: 'BinVideo',
        videoId,
        at,
        by,
        rule: choice.rule ?? null,
        bytes,
        purgeAfter: new Date(Date.parse(at) + this.settings.BIN_DAYS * dayMilliseconds).toISOString(),
        evenProtected: choice.evenProtected ?? false,
      },
      metadata,
      choice.expected,
    );
    return { videoId, position, bytes };
  }
}
