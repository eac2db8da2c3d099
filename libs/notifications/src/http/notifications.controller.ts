import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  addTargetBody,
  type AddTargetBody,
  changeTargetBody,
  type ChangeTargetBody,
  deliveriesQuery,
  deliveryPage,
  type NoticeDelivery,
  type NoticePreview,
  noticePreview,
  type NotificationTarget,
  notificationTarget,
  notificationTargets,
  type Page,
  previewNoticeBody,
  type PreviewNoticeBody,
  pushKey,
  type PushKey,
  targetTest,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, decodeCursor, encodeCursor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AddTarget } from '../commands/add-target/add-target.command.js';
import { ChangeTarget } from '../commands/change-target/change-target.command.js';
import { RemoveTarget } from '../commands/remove-target/remove-target.command.js';
import { TestTarget } from '../commands/test-target/test-target.command.js';
import { sampleNotice } from '../domain/sample-notice.js';
import { inWordsOf } from '../domain/template.js';
import { VapidKeys } from '../sending/vapid-keys.js';
import { requireManner } from '../targets/manner.js';
import { GetTarget, ListDeliveries, ListTargets } from '../queries/notification-queries.js';

const place = z.string().regex(/^\d{1,40}$/);

@ApiTags('Notifications')
@Controller('api/notifications')
export class NotificationsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly vapid: VapidKeys,
  ) {}

  @Get('targets')
  @Needs('notifications.read')
  @Answers(200, notificationTargets, 'Where notices go. Secrets are never shown.')
  async list(): Promise<{ items: NotificationTarget[] }> {
    return { items: await this.queries.execute(new ListTargets()) };
  }

  @Post('targets')
  @Needs('notifications.change')
  @Answers(201, notificationTarget, 'Adds a target.', 400, 409)
  add(
    @Body({ schema: addTargetBody }) body: AddTargetBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 201 }, async (metadata) => {
      const targetId = await this.commands.execute(new AddTarget(body, metadata));
      return { body: await this.queries.execute(new GetTarget(targetId)), position: undefined };
    });
  }

  @Get('targets/:id')
  @Needs('notifications.read')
  @Answers(200, notificationTarget, 'One target.', 404)
  get(@Param('id', PublicIdPipe) id: number): Promise<NotificationTarget> {
    return this.queries.execute(new GetTarget(id));
  }

  @Patch('targets/:id')
  @Needs('notifications.change')
  @Answers(200, notificationTarget, 'Changes a target; credentials that are not given stay as they are.', 400, 404)
  change(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: changeTargetBody }) body: ChangeTargetBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200 }, async (metadata) => {
      await this.commands.execute(new ChangeTarget(id, body, metadata));
      return { body: await this.queries.execute(new GetTarget(id)), position: undefined };
    });
  }

  @Delete('targets/:id')
  @Needs('notifications.change')
  @Answers(204, undefined, 'Removes a target with its secrets; its pending notices are no longer sent.', 404)
  remove(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 204 }, async (metadata) => {
      await this.commands.execute(new RemoveTarget(id, metadata));
      return { body: null, position: undefined };
    });
  }

  @Post('targets/:id/test')
  @Needs('notifications.change')
  @HttpCode(200)
  @Answers(200, targetTest, "Sends a test and returns the receiver's answer.", 404)
  test(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200 }, async (metadata) => ({
      body: await this.commands.execute(new TestTarget(id, metadata)),
      position: undefined,
    }));
  }

  @Post('preview')
  @Needs('notifications.read')
  @HttpCode(200)
  @Answers(200, noticePreview, 'How a notice of a kind would read with a template.', 400)
  preview(@Body({ schema: previewNoticeBody }) { kind, template }: PreviewNoticeBody): NoticePreview {
    requireManner({ templates: { [kind]: template } });
    return inWordsOf(template, sampleNotice(kind, 'https://streamvault.example/recordings/7'));
  }

  @Get('push-key')
  @Needs('notifications.change')
  @Answers(200, pushKey, 'What a browser needs to subscribe to web push, or why it cannot.')
  pushKey(): Promise<PushKey> {
    return this.vapid.forBrowsers();
  }

  @Get('deliveries')
  @Needs('notifications.read')
  @Answers(
    200,
    deliveryPage,
    'The outbox: what was sent, what waits, and what was given up and why. Newest first.',
    400,
  )
  async deliveries(
    @Query({ schema: deliveriesQuery }) { limit, cursor, targetId, state }: z.infer<typeof deliveriesQuery>,
  ): Promise<Page<NoticeDelivery>> {
    const before = decodeCursor(cursor, (value): string | undefined => place.safeParse(value).data);
    const { items, next } = await this.queries.execute(new ListDeliveries({ limit, before, targetId, state }));
    return { items, nextCursor: next === null ? null : encodeCursor(next) };
  }
}
