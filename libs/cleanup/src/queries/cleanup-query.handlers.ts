import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { CleanupPreview, CleanupRunAnswer, CleanupSettings } from '@streamvault/api-contract';
import { CleanupStreams } from '../cleanup-streams.js';
import { plan } from '../domain/plan.js';
import { LibrarySnapshots } from '../run/library-snapshot.js';
import { GetCleanupSettings, ListCleanupRuns, PreviewCleanup } from './cleanup-queries.js';

@QueryHandler(GetCleanupSettings)
export class GetCleanupSettingsHandler implements IQueryHandler<GetCleanupSettings> {
  constructor(private readonly streams: CleanupStreams) {}

  execute(): Promise<CleanupSettings> {
    return this.streams.settings();
  }
}

@QueryHandler(PreviewCleanup)
export class PreviewCleanupHandler implements IQueryHandler<PreviewCleanup> {
  constructor(
    private readonly streams: CleanupStreams,
    private readonly snapshots: LibrarySnapshots,
  ) {}

  async execute({ settings, at }: PreviewCleanup): Promise<CleanupPreview> {
    const { videos, now } = await this.snapshots.take(at);
    const planned = plan(settings ?? (await this.streams.settings()), videos, now);
    return {
      removals: planned.removals.map(({ video, action, policy, reason, rule, overrides }) => ({
        videoId: video.id,
        title: video.title,
        streamerName: video.streamerName,
        endedAt: video.endedAt,
        bytes: video.bytes,
        action,
        policy,
        reason,
        rule,
        overrides,
      })),
      spared: planned.spared.map(({ video, reason, spared }) => ({
        videoId: video.id,
        title: video.title,
        bytes: video.bytes,
        reason,
        spared,
      })),
      bytes: planned.bytes,
      share: planned.share,
      needsConfirmation: planned.needsConfirmation,
      bytesMissing: planned.bytesMissing,
    };
  }
}

@QueryHandler(ListCleanupRuns)
export class ListCleanupRunsHandler implements IQueryHandler<ListCleanupRuns> {
  constructor(private readonly streams: CleanupStreams) {}

  execute({ limit }: ListCleanupRuns): Promise<CleanupRunAnswer[]> {
    return this.streams.runs(limit);
  }
}
