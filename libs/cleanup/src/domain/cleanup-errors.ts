import { DomainError } from '@streamvault/kernel';

export class CleanupNotConfirmed extends DomainError {
  readonly code = 'cleanup.not-confirmed';
  readonly kind = 'conflict';
  constructor(chosen: number) {
    super(
      `This would remove ${chosen} videos, more than a quarter of the library. Look at the preview, then confirm that number.`,
      { chosen },
    );
  }
}

export class CleanupAlreadyRunning extends DomainError {
  readonly code = 'cleanup.already-running';
  readonly kind = 'conflict';
  constructor() {
    super('A cleanup is running already. Wait until it ends.');
  }
}
