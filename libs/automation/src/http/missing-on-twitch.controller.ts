import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  fillGapBody,
  type FillGapBody,
  missingElsewhere,
  type MissingElsewhere,
  recording,
  type Recording,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import {
  GapNotFillable,
  GapNotFound,
  GetRecording,
  recordingViewProjection,
  RequestGapFill,
  whyGapStays,
} from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BroadcastStreams } from '../broadcast-streams.js';
import { type PastBroadcast, videosOf, videoWith } from '../twitch/missing-on-video.js';
import { TwitchConnection } from '../twitch/twitch-connection.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { TwitchUnavailable } from '../twitch/twitch-unavailable.js';
import { whileConnected } from './while-connected.js';

const NO_VIDEO = 'Twitch keeps no video of this broadcast (any more).';
const NOT_IN_IT = 'The video on Twitch does not have this span.';

/** What Twitch keeps of a broadcast, or why there is nothing. */
type Kept = { readonly videos: readonly PastBroadcast[] } | { readonly reason: string };

/** Whether the platform itself still has what a recording could not fetch, and how the video gets it. */
@ApiTags('Recordings')
@Controller('api/recordings/:id')
export class MissingOnTwitchController {
  constructor(
    private readonly queries: QueryBus,
    private readonly streamers: StreamerStreams,
    private readonly broadcasts: BroadcastStreams,
    private readonly twitch: TwitchConnection,
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
  ) {}

  @Get('missing-elsewhere')
  @Needs('recordings.view', { of: 'recording' })
  @Answers(200, missingElsewhere, 'Where the gaps of a recording can be watched on its platform, if they can.', 404)
  async missing(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<MissingElsewhere> {
    const found = await this.queries.execute(new GetRecording(id));
    const kept = await this.#kept(found, whileConnected(request));
    if ('reason' in kept) return { reason: kept.reason, videos: [], gaps: [] };
    const { videos } = kept;
    return {
      reason: videos.length === 0 ? NO_VIDEO : null,
      videos: videos.map(({ id: video, url, created_at: startsAt }) => ({ id: video, url, startsAt })),
      gaps: found.gaps.map((gap) => {
        const url = videoWith(videos, gap)?.address ?? null;
        const refusal = whyNotNow(found, gap) ?? (url === null ? NOT_IN_IT : null);
        return { from: gap.from, to: gap.to, seconds: gap.seconds, url, fillable: refusal === null, refusal };
      }),
    };
  }

  @Post('gaps/fill')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(
    200,
    recording,
    "Fills a gap of a finished recording from the platform's own video. It begins, and the rest follows.",
    400,
    404,
    409,
    503,
  )
  fill(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: fillGapBody }) { from }: FillGapBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const projection = recordingViewProjection.name;
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const found = await this.queries.execute(new GetRecording(id));
      const gap = found.gaps.find((each) => Date.parse(each.from) === Date.parse(from));
      if (!gap) throw new GapNotFound(id, from);
      const why = whyNotNow(found, gap);
      if (why !== undefined) throw new GapNotFillable(id, from, why);
      const kept = await this.#kept(found, whileConnected(request));
      if ('reason' in kept) throw new GapNotFillable(id, from, kept.reason);
      const source = videoWith(kept.videos, gap);
      if (!source) throw new GapNotFillable(id, from, kept.videos.length === 0 ? NO_VIDEO : NOT_IN_IT);
      const { address: url, video } = source;
      const { position } = await this.commands.execute(
        new RequestGapFill(id, gap.from, { id: video.id, url, startsAt: video.created_at }, metadata),
      );
      await this.door.shown(position, projection);
      return { body: await this.queries.execute(new GetRecording(id)), position };
    });
  }

  async #kept(found: Recording, signal: AbortSignal): Promise<Kept> {
    const streamer = await this.streamers.find(found.streamerId);
    const login = streamer?.platform === 'twitch' ? URL.parse(streamer.url)?.pathname.split('/')[1] : undefined;
    const { signedIn } = this.twitch;
    if (found.gaps.length === 0) return { reason: 'Nothing is missing.' };
    if (login === undefined) return { reason: 'Only Twitch keeps past broadcasts that StreamVault can find.' };
    if (!signedIn)
      return { reason: 'StreamVault has no credentials of Twitch: set TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET.' };
    try {
      const [user] = await signedIn.api.users([login.toLowerCase()], signal);
      return { videos: await this.#ofBroadcast(found, user ? await signedIn.api.pastBroadcasts(user.id, signal) : []) };
    } catch (error) {
      if (error instanceof TwitchFailure) throw new TwitchUnavailable(error);
      throw error;
    }
  }

  async #ofBroadcast(
    { broadcastId, endedAt, requestedAt, startedAt }: Recording,
    all: readonly PastBroadcast[],
  ): Promise<readonly PastBroadcast[]> {
    const broadcast = broadcastId === null ? undefined : await this.broadcasts.current(broadcastId);
    return videosOf(all, {
      platformIds: broadcast?.context.platformIds ?? [],
      from: startedAt ?? requestedAt,
      to: endedAt ?? new Date().toISOString(),
    });
  }
}

/** By what the recording itself says. Whether its file is busy is asked when it is to be filled. */
const whyNotNow = ({ gapFills = [], state, videoId }: Recording, gap: Recording['gaps'][number]): string | undefined =>
  whyGapStays({ state, videoId, fills: gapFills }, gap);
