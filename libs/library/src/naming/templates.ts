import { Injectable } from '@nestjs/common';
import type { NameTemplates } from '@streamvault/streamers';
import { LibraryStream } from '../choices/library-stream.js';
import { problemsOf } from './name-template.js';

/** What the streamers' context asks about the names of videos. */
@Injectable()
export class Templates implements NameTemplates {
  readonly problemsOf = problemsOf;

  constructor(private readonly library: LibraryStream) {}

  async forAll(): Promise<string> {
    return (await this.library.choices()).template;
  }
}
