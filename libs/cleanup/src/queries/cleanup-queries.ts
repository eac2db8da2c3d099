import { Query } from '@nestjs/cqrs';
import type { CleanupPreview, CleanupRunAnswer, CleanupSettings } from '@streamvault/api-contract';

export class GetCleanupSettings extends Query<CleanupSettings> {}

/** What a run would do now, by the present rules or by others. */
export class PreviewCleanup extends Query<CleanupPreview> {
  constructor(
    readonly settings: CleanupSettings | undefined,
    readonly at: string,
  ) {
    super();
  }
}

/** Newest first. */
export class ListCleanupRuns extends Query<CleanupRunAnswer[]> {
  constructor(readonly limit: number) {
    super();
  }
}
