import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type AuditEvent,
  auditEvent,
  type AuditEvents as AuditEventsPage,
  auditEvents,
  auditEventsQuery,
  type AuditEventsQuery,
  diffQuery,
  stateQuery,
  type StreamDiff,
  streamDiff,
  type StreamState,
  streamState,
} from '@streamvault/api-contract';
import { EVENT_STORE, EventRegistry } from '@streamvault/kernel';
import type { EventStore } from '@streamvault/event-store';
import type { z } from 'zod';
import { Answers, Needs } from '@streamvault/http-kit';
import { AuditEvents } from '../audit-events.js';
import { StreamHistory } from '../stream-history.js';

@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  readonly #events: AuditEvents;

  constructor(
    private readonly history: StreamHistory,
    registry: EventRegistry,
    @Inject(EVENT_STORE) store: EventStore,
  ) {
    this.#events = new AuditEvents(store, registry);
  }

  @Get('events')
  @Needs('audit.view')
  @Answers(200, auditEvents, 'Events of the log by any criteria. A page may be short; its cursor continues.', 400)
  events(@Query({ schema: auditEventsQuery }) query: AuditEventsQuery): Promise<AuditEventsPage> {
    return this.#events.list(query);
  }

  @Get('events/:position')
  @Needs('audit.view')
  @Answers(200, auditEvent, 'An event, its causes back to the beginning, and its effects.', 404)
  event(@Param('position') position: string): Promise<AuditEvent> {
    return this.#events.one(position);
  }

  @Get('streams/:stream/state')
  @Needs('audit.view')
  @Answers(
    200,
    streamState,
    'A stream folded up to a revision or an instant, by the code that also runs live.',
    400,
    404,
    409,
  )
  state(
    @Param('stream') stream: string,
    @Query({ schema: stateQuery }) { at }: z.infer<typeof stateQuery>,
  ): Promise<StreamState> {
    return this.history.stateAt(stream, at);
  }

  @Get('streams/:stream/diff')
  @Needs('audit.view')
  @Answers(200, streamDiff, 'What changed in a stream between two points.', 400, 404, 409)
  diff(
    @Param('stream') stream: string,
    @Query({ schema: diffQuery }) { from, to }: z.infer<typeof diffQuery>,
  ): Promise<StreamDiff> {
    return this.history.diff(stream, from, to);
  }
}
