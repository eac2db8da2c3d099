import { Controller, Get, Param, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { missingElsewhere, type MissingElsewhere, type Recording } from '@streamvault/api-contract';
import { Answers, Needs, PublicIdPipe } from '@streamvault/http-kit';
import { GetRecording } from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import type { FastifyRequest } from 'fastify';
import { BroadcastStreams } from '../broadcast-streams.js';
import { videosOf, whereToWatch } from '../twitch/missing-on-video.js';
import { TwitchConnection } from '../twitch/twitch-connection.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { TwitchUnavailable } from '../twitch/twitch-unavailable.js';
import { whileConnected } from './while-connected.js';

const nothing = (reason: string): MissingElsewhere => ({ reason, videos: [], gaps: [] });

/** Whether the platform itself still has what a recording could not fetch. */
@ApiTags('Recordings')
@Controller('api/recordings/:id')
export class MissingOnTwitchController {
  constructor(
    private readonly queries: QueryBus,
    private readonly streamers: StreamerStreams,
    private readonly broadcasts: BroadcastStreams,
    private readonly twitch: TwitchConnection,
  ) {}

  @Get('missing-elsewhere')
  @Needs('recordings.view', { of: 'recording' })
  @Answers(200, missingElsewhere, 'Where the gaps of a recording can be watched on its platform, if they can.', 404)
  async missing(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<MissingElsewhere> {
    const recording = await this.queries.execute(new GetRecording(id));
    const streamer = await this.streamers.find(recording.streamerId);
    const login = streamer?.platform === 'twitch' ? URL.parse(streamer.url)?.pathname.split('/')[1] : undefined;
    const { signedIn } = this.twitch;
    if (recording.gaps.length === 0) return nothing('Nothing is missing.');
    if (login === undefined) return nothing('Only Twitch keeps past broadcasts that StreamVault can find.');
    if (!signedIn)
      return nothing('StreamVault has no credentials of Twitch: set TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET.');
    try {
      const signal = whileConnected(request);
      const [user] = await signedIn.api.users([login.toLowerCase()], signal);
      return await this.#found(recording, user ? await signedIn.api.pastBroadcasts(user.id, signal) : []);
    } catch (error) {
      if (error instanceof TwitchFailure) throw new TwitchUnavailable(error);
      throw error;
    }
  }

  async #found(recording: Recording, all: Parameters<typeof videosOf>[0]): Promise<MissingElsewhere> {
    const { broadcastId, endedAt, gaps, requestedAt, startedAt } = recording;
    const broadcast = broadcastId === null ? undefined : await this.broadcasts.current(broadcastId);
    const videos = videosOf(all, {
      platformIds: broadcast?.context.platformIds ?? [],
      from: startedAt ?? requestedAt,
      to: endedAt ?? new Date().toISOString(),
    });
    return {
      reason: videos.length === 0 ? 'Twitch keeps no video of this broadcast (any more).' : null,
      videos: videos.map(({ id, url, created_at: startsAt }) => ({ id, url, startsAt })),
      gaps: gaps.map(({ from, to, seconds }) => ({ from, to, seconds, url: whereToWatch(videos, { from, to }) })),
    };
  }
}
