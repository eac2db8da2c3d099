import { CommandHandling, type CommandMetadata } from '@streamvault/kernel';
import { Injectable } from '@nestjs/common';
import {
  type LibraryChoices,
  type LibraryCommand,
  libraryDecider,
  type LibraryState,
  libraryStream,
} from './library-choices.js';

/** How the library is kept, in the log. */
@Injectable()
export class LibraryStream {
  constructor(private readonly handling: CommandHandling) {}

  async state(): Promise<LibraryState> {
    return (await this.handling.current({ stream: libraryStream, decider: libraryDecider })).state;
  }

  async choices(): Promise<LibraryChoices> {
    return (await this.state()).choices;
  }

  handle(command: LibraryCommand, metadata: CommandMetadata) {
    return this.handling.handle({ stream: libraryStream, decider: libraryDecider, command, metadata });
  }
}
