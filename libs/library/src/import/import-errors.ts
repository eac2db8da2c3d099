import { DomainError } from '@streamvault/kernel';

export class FolderNotInLibrary extends DomainError {
  readonly code = 'import.folder-not-in-library';
  readonly kind = 'invalid';
  constructor() {
    super('There is no such folder in RECORDINGS_DIR. Move or mount the files into it, then name the folder below it.');
  }
}

export class TooManyFiles extends DomainError {
  readonly code = 'import.too-many-files';
  readonly kind = 'invalid';
  constructor(most: number) {
    super(`There are more than ${most} files in that folder. Import its folders one by one.`, { most });
  }
}

export class ImportRunning extends DomainError {
  readonly code = 'import.running';
  readonly kind = 'conflict';
  constructor() {
    super('An import is already running. Wait for its report.');
  }
}
