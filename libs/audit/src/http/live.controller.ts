import { Controller, Get, Inject, Optional, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { EventStore, Position } from '@streamvault/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Answers, correlationIdOf, FastLane, InvalidInput, Needs, principalOf } from '@streamvault/http-kit';
import { StreamersOfItems } from '@streamvault/access';
import { EVENT_STORE } from '@streamvault/kernel';
import { feedOfSome } from './feed-of-some-streamers.js';
import { LiveFeed } from '@streamvault/kernel';
import { MOST_FEEDS_EACH, PlacesPerClient, TooManyFeeds } from './places-per-client.js';

const liveQuery = z.object({ lastEventId: z.string().max(30).optional() });

/** How often a running feed looks whether its session still holds. Injected by tests, which do not wait so long. */
export const SESSION_CHECK_MILLISECONDS = Symbol('SESSION_CHECK_MILLISECONDS');
/** After this time at the latest, a viewer who was signed out or lost the role gets nothing more. */
const sessionCheckMilliseconds = 20_000;

async function endWhenOver(request: FastifyRequest, gone: AbortController): Promise<void> {
  // While that cannot be checked, the feed has no events either.
  const isValid = await principalOf(request)
    .stillValid()
    .catch(() => true);
  if (!isValid) gone.abort();
}

@ApiTags('Live')
@Controller('api/live')
export class LiveController {
  readonly #places = new PlacesPerClient();

  constructor(
    private readonly feed: LiveFeed,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly streamers: StreamersOfItems,
    lane: FastLane,
    @Optional()
    @Inject(SESSION_CHECK_MILLISECONDS)
    private readonly checkEvery: number = sessionCheckMilliseconds,
  ) {
    lane.limit('/api/live', { mostEach: MOST_FEEDS_EACH, tooMany: new TooManyFeeds(), full: () => feed.full() });
  }

  @Get()
  @Needs('live.view', { lists: 'visible' })
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last log position seen.' })
  @Answers(200, undefined, 'Server-sent events: `event` (id = log position), `progress`, `caughtUp`.', 400, 429, 503)
  async live(
    @Query({ schema: liveQuery }) { lastEventId }: z.infer<typeof liveQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // A browser that reconnects sends the header with the newer position; the parameter is for its first connection.
    const header = request.headers['last-event-id'];
    const after = await this.#position(typeof header === 'string' && header !== '' ? header : lastEventId);
    this.feed.admit(after !== undefined);
    const leave = this.#places.take(principalOf(request).actor);
    const gone = new AbortController();
    request.raw.once('close', () => gone.abort());
    reply.hijack();
    const { raw } = reply;
    // A viewer leaves by closing the connection.
    raw.on('error', () => gone.abort());
    raw.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'X-Correlation-Id': correlationIdOf(request),
    });
    const watch = setInterval(() => void endWhenOver(request, gone), this.checkEvery);
    try {
      const principal = principalOf(request);
      const { streamerIds } = principal;
      const may = (permission: string) => principal.can(permission);
      const scope = streamerIds === null ? { may } : feedOfSome(streamerIds, this.streamers, may);
      await this.feed.send(raw, after, gone.signal, scope);
    } finally {
      clearInterval(watch);
      leave();
    }
  }

  /** A position beyond the log's end is from another log: the feed starts at the present. */
  async #position(text: string | undefined): Promise<Position | undefined> {
    if (text === undefined || text === '') return undefined;
    if (!/^\d{1,19}$/.test(text))
      throw new InvalidInput([{ path: 'lastEventId', message: 'Must be the id of an event of this feed.' }]);
    const position = BigInt(text) as Position;
    const head = await this.store.headPosition();
    return head !== undefined && position <= head ? position : undefined;
  }
}
