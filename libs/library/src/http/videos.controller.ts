import { Controller, Get, Head, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { listVideosQuery, type Video, video, type VideoPage, videoPage } from '@streamvault/api-contract';
import {
  Answers,
  decodeCursor,
  encodeCursor,
  FastLane,
  type FileAnswer,
  Needs,
  PublicIdPipe,
  principalOf,
  requireFile,
  sendFile,
  signed,
  visibleStreamers,
} from '@streamvault/http-kit';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import { storyboardVtt } from '@streamvault/media';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { chaptersVtt } from '../chapters-vtt.js';
import { storyboardPath } from '../naming/sidecars.js';
import { GetVideo, GetVideoFiles, ListVideos, type VideoCursor, type VideoSort } from '../queries/video-queries.js';
import { RecentlyWatched } from '../watching/recently-watched.js';

/** As in the rows, which do not always have a four-digit year: a page's own cursor must not be refused. */
const recordedAt = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(text)));
const instantCursor = z.object({ value: recordedAt, id: z.int() });
const numberCursor = z.object({ value: z.number(), id: z.int() });
/** A cursor belongs to the sort order it came from. */
const cursorOf =
  (sort: VideoSort) =>
  (value: unknown): VideoCursor | undefined =>
    (sort.endsWith('recordedAt') ? instantCursor : numberCursor).safeParse(value).data;

/** Imported videos keep their type. */
const mediaTypes: Readonly<Record<string, string>> = { '.mkv': 'video/x-matroska', '.ts': 'video/mp2t' };
const mediaTypeOf = (file: string): string => mediaTypes[extname(file).toLowerCase()] ?? 'video/mp4';
const isTrue = (text: 'true' | 'false' | undefined): boolean | undefined => text && text === 'true';

@ApiTags('Videos')
@Controller('api/videos')
export class VideosController {
  constructor(
    private readonly queries: QueryBus,
    private readonly recentlyWatched: RecentlyWatched,
    @Inject(INSTALLATION) private readonly installation: Installation,
    lane: FastLane,
  ) {
    lane.route('/api/videos/:id/thumbnail', (id) => this.#thumbnail(id));
    lane.route('/api/videos/:id/stream', (id) => this.#video(id));
    lane.route('/api/videos/:id/download', (id) => this.#download(id));
    lane.route('/api/videos/:id/storyboard/:number', (id, number) => this.#sprite(id, number));
  }

  @Get()
  @Needs('videos.view', { lists: 'visible' })
  @Answers(200, videoPage, 'The library, with count and size of everything that matches the filter.', 400)
  async list(
    @Query({ schema: listVideosQuery })
    { q: text, hasGaps, kept, watched, sort, cursor, ...rest }: z.infer<typeof listVideosQuery>,
    @Req() request: FastifyRequest,
  ): Promise<VideoPage> {
    const after = decodeCursor(cursor, cursorOf(sort));
    const { items, next, total } = await this.queries.execute(
      new ListVideos({
        ...rest,
        text,
        hasGaps: isTrue(hasGaps),
        isKept: isTrue(kept),
        isWatched: isTrue(watched),
        only: visibleStreamers(request),
        sort,
        after,
      }),
    );
    return { items, nextCursor: next && encodeCursor(next), total };
  }

  @Get(':id')
  @Needs('videos.view', { of: 'video' })
  @Answers(200, video, 'One video.', 404)
  get(@Param('id', PublicIdPipe) id: number): Promise<Video> {
    return this.queries.execute(new GetVideo(id));
  }

  @Head(':id/thumbnail')
  @Needs('videos.watch', { shared: 'video' })
  @Answers(200, undefined, 'Whether there is a thumbnail.', 404)
  thumbnailHead(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.thumbnail(id, request, reply);
  }

  @Get(':id/thumbnail')
  @Needs('videos.watch', { shared: 'video' })
  @ApiProduces('image/jpeg')
  @Answers(200, undefined, 'A still picture, or 404 if there is none.', 404)
  async thumbnail(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendFile(request, reply, await this.#thumbnail(id));
  }

  @Head(':id/stream')
  @Needs('videos.watch', { shared: 'video' })
  @Answers(200, undefined, 'Size and type of the video file.', 404, 416)
  streamHead(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.stream(id, request, reply);
  }

  @Get(':id/stream')
  @Needs('videos.watch', { shared: 'video' })
  @ApiProduces('video/mp4')
  @Answers(200, undefined, 'The video, whole or by byte ranges (RFC 9110).', 404, 416)
  async stream(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendFile(request, reply, await this.#video(id));
  }

  @Head(':id/download')
  @Needs('videos.download', { shared: 'video' })
  @Answers(200, undefined, 'Size and name of the video file.', 404)
  downloadHead(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.download(id, request, reply);
  }

  @Get(':id/download')
  @Needs('videos.download', { shared: 'video' })
  @ApiProduces('video/mp4')
  @Answers(200, undefined, 'The video as a file with its name.', 404, 416)
  async download(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendFile(request, reply, await this.#download(id));
  }

  @Get(':id/chapters.vtt')
  @Needs('videos.watch', { shared: 'video' })
  @ApiProduces('text/vtt')
  @Answers(200, undefined, 'Titles and categories over the time of the file, as WebVTT.', 404)
  async chapters(@Param('id', PublicIdPipe) id: number, @Res() reply: FastifyReply): Promise<void> {
    const { chapters, durationSeconds } = await this.queries.execute(new GetVideo(id));
    await reply
      .header('Content-Type', 'text/vtt; charset=utf-8')
      .header('Cache-Control', 'private, no-cache')
      .send(chaptersVtt(chapters, durationSeconds));
  }

  @Get(':id/storyboard.vtt')
  @Needs('videos.watch', { shared: 'video' })
  @ApiProduces('text/vtt')
  @Answers(200, undefined, 'Small pictures over the time of the file, as WebVTT with #xywh.', 404)
  async storyboard(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { signature } = principalOf(request);
    const { durationSeconds } = await this.queries.execute(new GetVideo(id));
    const { file } = await this.queries.execute(new GetVideoFiles(id, 'thumbnail'));
    await requireFile({ root: this.installation.recordingsDirectory, file: `${storyboardPath(file)}/0.jpg` });
    await reply
      .header('Content-Type', 'text/vtt; charset=utf-8')
      .header('Cache-Control', 'private, no-cache')
      .send(storyboardVtt(durationSeconds, (number) => signed(`storyboard/${number}`, signature)));
  }

  @Get(':id/storyboard/:number')
  @Needs('videos.watch', { shared: 'video' })
  @ApiProduces('image/jpeg')
  @Answers(200, undefined, 'One sprite of the storyboard.', 404)
  async sprite(
    @Param('id', PublicIdPipe) id: number,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendFile(request, reply, await this.#sprite(id, number));
  }

  async #thumbnail(id: number): Promise<FileAnswer> {
    const { thumbnailFile: file } = await this.queries.execute(new GetVideoFiles(id, 'thumbnail'));
    return { root: this.#root, file, type: 'image/jpeg', cache: 'private, max-age=300, must-revalidate' };
  }

  async #video(id: number): Promise<FileAnswer> {
    const { file } = await this.queries.execute(new GetVideoFiles(id, 'watch'));
    const whenSent = () => this.recentlyWatched.touch(id);
    return { root: this.#root, file, type: mediaTypeOf(file), cache: 'private, no-cache', whenSent };
  }

  async #download(id: number): Promise<FileAnswer> {
    const video = await this.#video(id);
    return { ...video, saveAs: basename(video.file) };
  }

  async #sprite(id: number, number: string): Promise<FileAnswer> {
    const { file: video } = await this.queries.execute(new GetVideoFiles(id, 'thumbnail'));
    // Anything but a number names no sprite.
    const file = `${storyboardPath(video)}/${/^\d{1,5}$/.test(number) ? number : 'none'}.jpg`;
    return { root: this.#root, file, type: 'image/jpeg', cache: 'private, max-age=86400' };
  }

  get #root(): string {
    return this.installation.recordingsDirectory;
  }
}
