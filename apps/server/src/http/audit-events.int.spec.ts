import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditEvent, auditEvent, type AuditEvents, auditEvents } from '@streamvault/api-contract';
import { EVENT_STORE, EventRegistry, kernelEvents } from '@streamvault/kernel';
import { MemoryEventStore, type NewEvent, type StreamName } from '@streamvault/event-store';
import { streamerEvents } from '@streamvault/streamers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createApp } from './create-app.js';
import { openGate } from './open-gate.testing.js';
import { parseSettings } from '../settings/settings.js';
import { AuditController, StreamHistory } from '@streamvault/audit';

class AuditModule {}

const minute = (minutes: number): string => new Date(Date.UTC(2026, 10, 22, 12, minutes)).toISOString();

describe('the log over HTTP', () => {
  const request = randomUUID();
  let now = 0;
  const store = new MemoryEventStore({ now: () => now });
  let app: NestFastifyApplication;

  /** One event; returns its id. */
  async function append(
    stream: StreamName,
    type: string,
    at: number,
    [correlationId, causationId]: readonly [string, string],
    more: Partial<NewEvent> = {},
  ): Promise<string> {
    now = Date.parse(minute(at));
    const metadata = {
      $correlationId: correlationId,
      $causationId: causationId,
      actor: 'api',
      commandId: randomUUID(),
    };
    const event: NewEvent = { id: randomUUID(), type, version: 1, data: { owner: at }, metadata, ...more };
    await store.append(stream, [event], 'any');
    return event.id;
  }

  async function get(path: string): Promise<{ status: number; body: unknown }> {
    const answer = await app.inject({ method: 'GET', url: `/api/audit/events${path}`, headers: { host: '127.0.0.1' } });
    return { status: answer.statusCode, body: answer.json() };
  }
  async function list(query: string): Promise<AuditEvents> {
    const { status, body } = await get(query);
    expect({ status, body }).toMatchObject({ status: 200 });
    return auditEvents.parse(body);
  }
  async function positions(query: string): Promise<number[]> {
    return (await list(query)).items.map(({ position }) => Number(position));
  }
  async function one(position: number): Promise<AuditEvent> {
    return auditEvent.parse((await get(`/${position}`)).body);
  }

  beforeAll(async () => {
    // 1 to 3: a request leads to an event, which leads to one elsewhere and to one in its own stream.
    const first = await append('name-1', 'Claimed', 0, [request, request]);
    const second = await append('other-1', 'Released', 1, [request, first]);
    await append('other-1', 'Claimed', 2, [request, second], {
      metadata: { $correlationId: request, $causationId: second, actor: 'recorder' },
    });
    // 4: an event that an older program left out of the correlation is still found in its stream.
    await append('name-1', 'Released', 3, [randomUUID(), first]);
    // 5 to 7: an unknown type, a future version, and an event that cannot be upcast.
    await append('name-1', 'FromElsewhere', 4, [randomUUID(), randomUUID()], { data: { anything: [1, null] } });
    await append('name-1', 'Claimed', 5, [randomUUID(), randomUUID()], { version: 9 });
    await append('streamer-1', 'StreamerAdded', 6, [randomUUID(), randomUUID()], { data: { url: 5 } });
    // 8: names itself as its cause.
    const id = randomUUID();
    await append('loop-1', 'Claimed', 7, [randomUUID(), id], { id });

    const registry = new EventRegistry([...kernelEvents, ...streamerEvents]);
    const settings = { ...parseSettings({}, false), roles: new Set<never>() };
    const module = {
      module: AuditModule,
      controllers: [AuditController],
      providers: [
        { provide: EVENT_STORE, useValue: store },
        { provide: EventRegistry, useValue: registry },
        ...openGate,
        { provide: StreamHistory, useValue: new StreamHistory(store, registry, {}) },
      ],
    };
    app = await createApp(module, settings, pino({ level: 'silent' }));
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  it('is available completely, from either end', async () => {
    expect(await positions('')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await positions('?order=newest')).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it.each([
    ['?stream=other-1', [2, 3]],
    ['?category=other,streamer', [2, 3, 7]],
    ['?type=Released', [2, 4]],
    ['?type=Released,FromElsewhere&category=name', [4, 5]],
    [`?correlationId=${request}`, [1, 2, 3]],
    [`?from=${minute(3)}&to=${minute(4)}`, [4, 5]],
    ['?from=2026-11-22T13:03:00%2B01:00&to=2026-11-22T12:04:00Z', [4, 5]],
    ['?after=2&before=5', [3, 4]],
    ['?type=Unheard', []],
    ['?stream=nobody-1', []],
  ])('can be queried for %s', async (query, expected) => expect(await positions(query)).toEqual(expected));

  it.each(['oldest', 'newest'])('continues page by page, the %s first', async (order) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const on = cursor === null ? '' : `&${order === 'oldest' ? 'after' : 'before'}=${cursor}`;
      const { items, nextCursor }: AuditEvents = await list(`?order=${order}&limit=3${on}`);
      seen.push(...items.map(({ position }) => position));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'].toSorted(order === 'oldest' ? undefined : () => -1));
  });

  it('shows as stored what this program cannot read', async () => {
    const { items } = await list('?after=4&before=8');
    expect(items.map(({ type, version, data }) => ({ type, version, data }))).toEqual([
      { type: 'FromElsewhere', version: 1, data: { anything: [1, null] } },
      { type: 'Claimed', version: 9, data: { owner: 5 } },
      { type: 'StreamerAdded', version: 1, data: { url: 5 } },
    ]);
    for (const { position, data } of items) expect((await one(Number(position))).event.data).toEqual(data);
  });

  it('gives the causes of an event, back to the request, and its effects', async () => {
    const { event, origin, causes, effects } = await one(2);
    expect([causes, effects].map((events) => events.map(({ position }) => position))).toEqual([['1'], ['3']]);
    expect(event).toMatchObject({ position: '2', type: 'Released' });
    expect(origin).toEqual({ correlationId: request, actor: 'api', at: minute(0) });

    expect((await one(3)).causes.map(({ position }) => position)).toEqual(['1', '2']);
    expect((await one(1)).effects.map(({ position }) => position)).toEqual(['2', '4']);
    expect((await one(4)).causes.map(({ position }) => position)).toEqual(['1']);
  });

  it('does not loop for an event that names itself as its cause', async () => {
    expect(await one(8)).toMatchObject({ causes: [], effects: [] });
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?limit=many', 'limit'],
    ['?order=sideways', 'order'],
    ['?from=yesterday', 'from'],
    ['?to=2026-13-01T00:00:00Z', 'to'],
    [`?from=${minute(2)}&to=${minute(1)}`, 'to'],
    ['?after=-1', 'after'],
    ['?before=x', 'before'],
    [`?after=${'9'.repeat(40)}`, 'after'],
    ['?stream=nodash', 'stream'],
    ['?stream=', 'stream'],
    ['?type=,', 'type'],
    [`?category=${Array.from({ length: 51 }, (_, n) => n).join()}`, 'category'],
    [`?correlationId=${'x'.repeat(201)}`, 'correlationId'],
    ['?stream=a-1&stream=b-1', 'stream'],
  ])('refuses %s and says what is wrong with %s', async (query, path) => {
    const { status, body } = await get(query);
    const error = { path, message: expect.stringMatching(/\w+ \w+/) };
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [error] } });
  });

  it.each(['9', '0', 'x', '-1', '1.5', '9'.repeat(30), '%00'])('finds no event at %s', async (position) => {
    const { status, body } = await get(`/${position}`);
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'event.not-found' } });
  });
});
