import { Injectable } from '@nestjs/common';
import { ProjectionRunner, type Reaction, type ReadEvent } from '@streamvault/kernel';
import { streamerListProjection } from '@streamvault/streamers';
import { TwitchWatch } from '../watch/twitch-watch.js';

/** A user who adds a streamer does not wait a minute to see whether it is live. */
@Injectable()
export class LookAtOnceWhenAStreamerIsAdded implements Reaction {
  readonly name = 'look-at-once-when-a-streamer-is-added';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { types: ['StreamerAdded', 'StreamerRemoved'] };

  constructor(
    private readonly twitch: TwitchWatch,
    private readonly projections: ProjectionRunner,
  ) {}

  async handle({ position }: ReadEvent): Promise<void> {
    // The list is looked up in the read model.
    await this.projections.waitFor(position, { timeoutMs: 5000, projections: [streamerListProjection.name] });
    this.twitch.wake();
  }
}
