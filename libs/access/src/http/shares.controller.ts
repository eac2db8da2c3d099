import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type CreatedShare,
  createdShare,
  type CreateLinkBody,
  createLinkBody,
  type CreateShareBody,
  createShareBody,
  listSharesQuery,
  type MediaLink,
  mediaLink,
  type OpenedShare,
  openedShare,
  type OpenShareBody,
  openShareBody,
  type ShareList,
  shareList,
} from '@streamvault/api-contract';
import { Answers, metadataOf, Needs, principalOf } from '@streamvault/http-kit';
import { DomainError, INSTALLATION, type Installation } from '@streamvault/kernel';
import { GetVideo } from '@streamvault/library';
import { GetRecording } from '@streamvault/recording';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { NotAllowed, requirePermission } from '../asker.js';
import { CreateShare } from '../commands/create-share.js';
import { RevokeShare } from '../commands/revoke-share.js';
import type { ShareItem } from '../domain/share-decider.js';
import { ListShares, toShare } from '../queries/list-shares.js';
import { ShareDoor } from '../share-door.js';
import { NothingThere } from './refusals.js';
import { StreamersOfItems } from './streamers-of-items.js';

const itemOf = ({ videoId, recordingId }: CreateLinkBody): ShareItem =>
  videoId === undefined ? { kind: 'recording', id: recordingId ?? 0 } : { kind: 'video', id: videoId };

/** The public address of this server. */
const baseOf = ({ publicUrl }: Installation, { protocol, host }: FastifyRequest): string =>
  publicUrl?.replace(/\/+$/, '') ?? `${protocol}://${host}`;

@ApiTags('Shares')
@Controller('api')
export class SharesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly door: ShareDoor,
    private readonly streamers: StreamersOfItems,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get('shares')
  @Needs('shares.change')
  @Answers(200, shareList, "Share links: one's own, or all with the permission users.view.")
  list(
    @Query({ schema: listSharesQuery }) query: z.infer<typeof listSharesQuery>,
    @Req() request: FastifyRequest,
  ): Promise<ShareList> {
    const isOfOne = query.videoId !== undefined || query.recordingId !== undefined;
    return this.queries.execute(new ListShares(principalOf(request), isOfOne ? itemOf(query) : undefined));
  }

  @Post('shares')
  @Needs('shares.change')
  @HttpCode(201)
  @Answers(
    201,
    createdShare,
    'Makes a link that opens one video or recording; its address is shown only now.',
    400,
    404,
  )
  async create(
    @Body({ schema: createShareBody }) body: CreateShareBody,
    @Req() request: FastifyRequest,
  ): Promise<CreatedShare> {
    const item = itemOf(body);
    await this.#requireItem(item);
    const { share, token } = await this.commands.execute(
      new CreateShare(item, body, principalOf(request), metadataOf(request)),
    );
    return { ...toShare(share, undefined), url: `${baseOf(this.installation, request)}/s/${token}` };
  }

  @Delete('shares/:share')
  @Needs('shares.change')
  @HttpCode(204)
  @Answers(204, undefined, 'Revokes a link, and every address that was signed for it.', 403, 404)
  async revoke(@Param('share') share: string, @Req() request: FastifyRequest): Promise<void> {
    await this.commands.execute(new RevokeShare(share, principalOf(request), metadataOf(request)));
  }

  @Post('shares/open')
  @Needs('anyone')
  @HttpCode(200)
  @Answers(200, openedShare, 'The item of a link, with signed addresses.', 400, 401, 404, 429)
  open(@Body({ schema: openShareBody }) body: OpenShareBody, @Req() request: FastifyRequest): Promise<OpenedShare> {
    const { token, password } = body;
    return this.door.open({ token, password, address: request.ip }, metadataOf(request));
  }

  @Post('links')
  @Needs('signed-in')
  @HttpCode(200)
  @Answers(200, mediaLink, 'An address for a player that cannot sign in, as long as this session lasts.', 400, 403, 404)
  async link(
    @Body({ schema: createLinkBody }) body: CreateLinkBody,
    @Req() request: FastifyRequest,
  ): Promise<MediaLink> {
    const { sessionId, streamerIds, ...asker } = principalOf(request);
    if (sessionId === null) throw new NotAllowed('signed-in');
    const item = itemOf(body);
    requirePermission({ ...asker, sessionId }, item.kind === 'video' ? 'videos.watch' : 'recordings.view');
    if (streamerIds !== null && !streamerIds.includes(await this.streamers.of(item.kind, item.id)))
      throw new NothingThere();
    const { path, expiresAt } = await this.door.linkFor(item, sessionId, Date.now());
    return { url: `${baseOf(this.installation, request)}${path}`, expiresAt };
  }

  /** @throws VideoNotFound, RecordingNotFound */
  async #requireItem({ kind, id }: ShareItem): Promise<void> {
    if (kind === 'video') await this.queries.execute(new GetVideo(id));
    else await this.queries.execute(new GetRecording(id));
  }
}

/**
 * The address of a share link. A browser gets its page; a player, which cannot show one, is redirected to the media.
 */
@ApiTags('Shares')
@Controller('s')
export class SharePageController {
  constructor(private readonly door: ShareDoor) {}

  @Get(':token')
  @Needs('always')
  @Answers(200, undefined, 'The page of a share link; players are sent on to the media (302).', 401, 404)
  async follow(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('Cache-Control', 'no-store');
    const page = reply as FastifyReply & { sendFile?(file: string): FastifyReply };
    if (wantsPage(request) && page.sendFile) return void page.sendFile('index.html');
    try {
      const follower = { token, password: passwordOf(request), address: request.ip };
      const { fileUrl, playlistUrl } = await this.door.open(follower, metadataOf(request));
      void reply.redirect(fileUrl ?? playlistUrl ?? '/', 302);
    } catch (error) {
      // Players know only this way to ask for a password.
      if (error instanceof DomainError && error.code.startsWith('share.password'))
        void reply.header('WWW-Authenticate', 'Basic realm="StreamVault", charset="UTF-8"');
      throw error;
    }
  }
}

const wantsPage = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/html');

/** From HTTP Basic (RFC 7617), whatever the name: a link has only a password. */
function passwordOf({ headers }: FastifyRequest): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}
