import type { AddStreamerBody, LoggedEvent, Recording } from '@streamvault/api-contract';
import type { StreamVault } from '../../e2e/support/stream-vault.js';
import { captured } from '../../e2e/support/stored.js';
import { until } from '../../e2e/support/until.js';
import type { World } from '../../e2e/support/world.js';
import type { FakeTwitch } from '../../fake-twitch/fake-twitch.js';
import { SMALLER, type LiveOrigin, type LiveOriginOptions } from '../../live-origin/live-origin.js';
import type { TroubledFfmpeg } from './troubled-ffmpeg.js';

export interface Begun {
  readonly streamerId: number;
  readonly recordingId: number;
}

/** A server that records, and what its recordings need. */
export class Stage {
  constructor(
    readonly world: World,
    readonly server: StreamVault,
    readonly twitch: FakeTwitch,
    readonly ffmpeg: TroubledFfmpeg,
  ) {}

  /** A broadcast in real time with which a capture can catch up. */
  live(options: LiveOriginOptions = {}): Promise<LiveOrigin> {
    return this.world.origin({ pace: 1, window: 30, initial: 4, kept: 60, profiles: [SMALLER], ...options });
  }

  /** A broadcast that moves when it is told to. */
  manual(options: LiveOriginOptions = {}): Promise<LiveOrigin> {
    return this.world.origin({ pace: 'manual', window: 6, initial: 6, profiles: [SMALLER], ...options });
  }

  async begin(name: string, url: string, body: Partial<AddStreamerBody> = {}): Promise<Begun> {
    const { id: streamerId } = await this.server.api.addStreamer({ url, name, ...body });
    return this.beginAgain(streamerId);
  }

  async beginAgain(streamerId: number): Promise<Begun> {
    const { recordingId } = await this.server.api.start(streamerId);
    return { streamerId, recordingId };
  }

  captured({ recordingId }: Begun, segments: number): Promise<number> {
    return captured(this.server, recordingId, segments);
  }

  async stopped(begun: Begun): Promise<Recording> {
    await this.server.api.stop(begun.streamerId);
    return this.completed(begun);
  }

  completed({ recordingId }: Begun): Promise<Recording> {
    return this.server.api.reaches(recordingId, 'completed', 240);
  }

  failed({ recordingId }: Begun): Promise<Recording> {
    return this.server.api.reaches(recordingId, 'failed', 240);
  }

  /** The first event of that type in the recording's stream, including past ones. */
  told({ recordingId }: Begun, type: string): Promise<LoggedEvent> {
    return until(
      `recording ${recordingId} told ${type}`,
      async () => (await this.server.api.story(recordingId)).find((event) => event.type === type),
      { seconds: 120 },
    );
  }
}

export type Scene = (stage: Stage) => Promise<void>;
