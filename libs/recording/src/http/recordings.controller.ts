import { Controller, Get, Head, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  type Lifecycle,
  lifecycle,
  listRecordingsQuery,
  loggedEvent,
  type LoggedEvent,
  type Page,
  queueItem,
  wholeList,
  type QueueItem,
  type Recording,
  recording,
  recordingPage,
} from '@streamvault/api-contract';
import type { EventStore } from '@streamvault/event-store';
import {
  Answers,
  encodeCursor,
  FastLane,
  type FileAnswer,
  idFromCursor,
  Needs,
  PartFilePipe,
  PublicIdPipe,
  sendFile,
  visibleStreamers,
} from '@streamvault/http-kit';
import { EVENT_STORE, EventRegistry, toLoggedEvent } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { describeLifecycle, isTaking } from '../domain/lifecycle.js';
import { RecordingNotFound } from '../domain/recording-errors.js';
import { recordingStream } from '../domain/recording-registry.js';
import {
  NotPlayable,
  PlayableAsVideo,
  RecordingMedia,
  type MediaTrack,
  type PlaylistWish,
} from '../playback/recording-media.js';
import { GetRecording, ListQueue, ListRecordings } from '../queries/recording-queries.js';
import { playlistQuery, type PlaylistQuery, sendPlaylist } from './send-playlist.js';

const wishOf = ({ latency, _HLS_skip: skip }: PlaylistQuery): PlaylistWish => ({
  isLowLatency: latency === 'low',
  isUpdate: skip !== undefined,
});

const partTypes = ['video/mp2t', 'video/mp4', 'audio/aac', 'audio/mpeg', 'audio/ac3', 'audio/eac3'];

@ApiTags('Recordings')
@Controller('api')
export class RecordingsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly media: RecordingMedia,
    private readonly registry: EventRegistry,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    lane: FastLane,
  ) {
    lane.route('/api/recordings/:id/parts/:file', (id, file) =>
      this.#findPart(id, new PartFilePipe().transform(file), 'picture'),
    );
  }

  @Get('recordings')
  @Needs('recordings.view', { lists: 'visible' })
  @Answers(200, recordingPage, 'Recordings, the newest first.', 400)
  async list(
    @Query({ schema: listRecordingsQuery })
    { state: states, streamerId, limit, cursor }: z.infer<typeof listRecordingsQuery>,
    @Req() request: FastifyRequest,
  ): Promise<Page<Recording>> {
    const { items, nextCursor } = await this.queries.execute(
      new ListRecordings({ states, streamerId, limit, before: idFromCursor(cursor), only: visibleStreamers(request) }),
    );
    return { items, nextCursor: nextCursor === null ? null : encodeCursor(Number(nextCursor)) };
  }

  @Get('recordings/lifecycle')
  @Needs('recordings.view', { lists: 'nothing' })
  @Answers(200, lifecycle, 'The statechart of a recording, read from the machine that runs.')
  lifecycle(): Lifecycle {
    return structuredClone(describeLifecycle()) as Lifecycle;
  }

  @Get('recordings/:id')
  @Needs('recordings.view', { of: 'recording' })
  @Answers(200, recording, 'One recording.', 404)
  get(@Param('id', PublicIdPipe) id: number): Promise<Recording> {
    return this.queries.execute(new GetRecording(id));
  }

  @Get('recordings/:id/events')
  @Needs('recordings.view', { of: 'recording' })
  @Answers(200, z.array(loggedEvent), "A recording's story: its stream, the oldest event first.", 404)
  async events(@Param('id', PublicIdPipe) id: number): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for await (const recorded of this.store.readStream(recordingStream(id)))
      events.push(toLoggedEvent(this.registry.read(recorded)));
    if (events.length === 0) throw new RecordingNotFound(id);
    return events;
  }

  @Get('recordings/:id/playlist.m3u8')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces('application/vnd.apple.mpegurl')
  @Answers(200, undefined, 'Plays the recording from its raw parts: EVENT while it grows, VOD when it ended.', 404)
  async playlist(
    @Param('id', PublicIdPipe) id: number,
    @Query({ schema: playlistQuery }) query: PlaylistQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const recording = await this.queries.execute(new GetRecording(id));
    const playlist = this.media.playlist(id, !isTaking(recording.state), wishOf(query));
    sendPlaylist(request, reply, await orItsVideo(recording, playlist));
  }

  @Get('recordings/:id/picture.m3u8')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces('application/vnd.apple.mpegurl')
  @Answers(
    200,
    undefined,
    'The video alone, where the source keeps audio and video apart: what playlist.m3u8 then leads to.',
    404,
  )
  picture(
    @Param('id', PublicIdPipe) id: number,
    @Query({ schema: playlistQuery }) query: PlaylistQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#track(id, 'picture', query, request, reply);
  }

  @Get('recordings/:id/sound.m3u8')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces('application/vnd.apple.mpegurl')
  @Answers(
    200,
    undefined,
    'The audio alone, where the source keeps audio and video apart: what playlist.m3u8 then leads to.',
    404,
  )
  sound(
    @Param('id', PublicIdPipe) id: number,
    @Query({ schema: playlistQuery }) query: PlaylistQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#track(id, 'sound', query, request, reply);
  }

  @Head('recordings/:id/sound/parts/:file')
  @Needs('recordings.view', { shared: 'recording' })
  @Answers(200, undefined, 'Whether a raw part of separate audio can be fetched.', 404)
  soundPartHead(
    @Param('id', PublicIdPipe) id: number,
    @Param('file', PartFilePipe) number: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#part(id, number, 'sound', request, reply);
  }

  @Get('recordings/:id/sound/parts/:file')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces(...partTypes)
  @Answers(200, undefined, 'A raw part of separate audio, whole or by byte ranges.', 404, 416)
  soundPart(
    @Param('id', PublicIdPipe) id: number,
    @Param('file', PartFilePipe) number: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#part(id, number, 'sound', request, reply);
  }

  @Head('recordings/:id/parts/:file')
  @Needs('recordings.view', { shared: 'recording' })
  @Answers(200, undefined, 'Whether a raw part can be fetched.', 404)
  partHead(
    @Param('id', PublicIdPipe) id: number,
    @Param('file', PartFilePipe) number: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#part(id, number, 'picture', request, reply);
  }

  @Get('recordings/:id/parts/:file')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces(...partTypes)
  @Answers(200, undefined, 'A raw part, whole or by byte ranges.', 404, 416)
  part(
    @Param('id', PublicIdPipe) id: number,
    @Param('file', PartFilePipe) number: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#part(id, number, 'picture', request, reply);
  }

  async #track(
    id: number,
    track: MediaTrack,
    query: PlaylistQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const recording = await this.queries.execute(new GetRecording(id));
    const playlist = this.media.mediaPlaylist(id, track, !isTaking(recording.state), wishOf(query));
    sendPlaylist(request, reply, await orItsVideo(recording, playlist));
  }

  async #part(
    id: number,
    number: number,
    track: MediaTrack,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    await sendFile(request, reply, await this.#findPart(id, number, track));
  }

  async #findPart(id: number, number: number, track: MediaTrack): Promise<FileAnswer> {
    const part = await this.media.part(id, number, track);
    if (!part) throw new RecordingNotFound(id);
    // A part grows, and its ETag changes with it. A cache that kept one range would ask for the next with If-Range,
    // correctly get the whole part instead, and the player would take that for the range.
    return { ...part, cache: 'no-store' };
  }

  @Get('queue')
  @Needs('queue.view', { lists: 'visible' })
  @Answers(200, wholeList(queueItem), 'Post-processing steps that wait, run or failed.')
  async queue(@Req() request: FastifyRequest): Promise<{ items: QueueItem[] }> {
    return { items: await this.queries.execute(new ListQueue(visibleStreamers(request))) };
  }
}

/** A playlist, or where the parts have become a video, the way to that. */
async function orItsVideo<Found>(
  { id, videoId }: Pick<Recording, 'id' | 'videoId'>,
  playlist: Promise<Found>,
): Promise<Found> {
  try {
    return await playlist;
  } catch (error) {
    if (error instanceof NotPlayable && videoId !== null) throw new PlayableAsVideo(id, videoId);
    throw error;
  }
}
