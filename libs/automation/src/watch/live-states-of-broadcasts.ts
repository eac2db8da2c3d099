import { Injectable } from '@nestjs/common';
import type { LiveState, LiveStates } from '@streamvault/streamers';
import { OpenBroadcasts } from '../read-models/open-broadcasts.js';
import { LiveBoard } from './live-board.js';

const offline: LiveState = { isLive: false, title: null, category: null };

/** Who is live: by the open broadcasts, and for the rest by the last check of this process. */
@Injectable()
export class LiveStatesOfBroadcasts implements LiveStates {
  constructor(
    private readonly open: OpenBroadcasts,
    private readonly board: LiveBoard,
  ) {}

  async all(): Promise<ReadonlyMap<number, LiveState>> {
    const states = new Map<number, LiveState>(this.board.offline().map((streamerId) => [streamerId, offline]));
    for (const [streamerId, { state, context }] of await this.open.all()) {
      const { title, category } = context.details;
      states.set(streamerId, state === 'live' ? { isLive: true, title, category } : offline);
    }
    return states;
  }
}
