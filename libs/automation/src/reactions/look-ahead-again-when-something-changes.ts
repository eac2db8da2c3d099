import { Injectable } from '@nestjs/common';
import type { Reaction } from '@streamvault/kernel';
import { Preflight } from '../preflight/preflight.js';

/** A user who adds a streamer sees at once whether it can be recorded, and not only when it goes live. */
@Injectable()
export class LookAheadAgainWhenSomethingChanges implements Reaction {
  readonly name = 'look-ahead-again-when-something-changes';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { types: ['StreamerAdded', 'StreamerChanged', 'StreamerRemoved', 'StreamerDefaultsChanged'] };

  constructor(private readonly preflight: Preflight) {}

  handle(): Promise<void> {
    this.preflight.soon();
    return Promise.resolve();
  }
}
