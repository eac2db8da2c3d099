import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startFakeConsoleServer } from './support/fake-console-server.js';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, World } from './support/world.js';

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: { readonly content?: Readonly<Record<string, { example?: unknown }>> };
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: object; example?: unknown }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;
let document: Document;

beforeAll(
  showing(async () => {
    // At this level the server logs every route that it maps.
    server = await world.server({ LOG_LEVEL: 'debug' });
    document = (await server.api.request('GET', '/api/openapi.json')).json as Document;
  }),
);
afterAll(() => world.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );

it('is OpenAPI 3.1', () => expect(document.openapi).toMatch(/^3\.1\./));

it('has every route of the server, and no others', () => {
  const mapped = server.logLines.flatMap(({ msg }) => {
    const [, path, method] = /Mapped \{([^,]+), (\w+)\} route/.exec(msg) ?? [];
    return path === undefined ? [] : [`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`];
  });
  const documented = operations().map(({ name }) => name);
  const alphabetically = (names: readonly string[]) => names.toSorted((left, right) => left.localeCompare(right));
  // The demo channel's files are its own source, not part of the API.
  const meant = mapped.filter((name) => name !== 'GET /demo/{file}');
  expect(meant.length).toBeGreaterThan(20);
  expect(alphabetically(documented)).toEqual(alphabetically(meant));
});

it('has what other programs rely on', () => {
  const documented = operations().map(({ name }) => name.replaceAll(/\{\w+\}/g, '{}'));
  expect(documented).toEqual(
    expect.arrayContaining([
      'GET /health',
      'GET /metrics',
      'POST /api/streamers',
      'GET /api/streamers',
      'GET /api/streamers/{}',
      'PATCH /api/streamers/{}',
      'DELETE /api/streamers/{}',
      'POST /api/recording/start/{}',
      'POST /api/recording/stop/{}',
      'GET /api/recordings',
      'GET /api/recordings/{}',
      'GET /api/recordings/{}/events',
      'GET /api/recordings/{}/playlist.m3u8',
      'POST /api/recordings/{}/retry',
      'POST /api/recordings/{}/steps/{}/retry',
      'GET /api/recordings/lifecycle',
      'GET /api/videos',
      'GET /api/videos/{}',
      'GET /api/videos/{}/thumbnail',
      'GET /api/videos/{}/stream',
      'HEAD /api/videos/{}/stream',
      'GET /api/queue',
      'GET /api/live',
    ]),
  );
});

it('says of every operation what it is for, what it answers, and names every parameter of its path', () => {
  for (const { name, path, operation } of operations()) {
    expect([name, operation.summary]).toEqual([name, expect.stringMatching(/\w+/)]);
    expect([name, Object.keys(operation.responses).some((status) => /^[23]/.test(status))]).toEqual([name, true]);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name);
    expect([name, named]).toEqual([name, inPath]);
  }
});

it('has a schema behind every reference', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, target]) => target!);
  expect(references.length).toBeGreaterThan(0);
  for (const target of new Set(references)) {
    let found: unknown = document;
    for (const step of target.split('/'))
      found = (found as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    expect([target, typeof found]).toEqual([target, 'object']);
  }
});

it('describes the answers: their schemas are those that the answers are checked with', () => {
  const schemaOf = (name: string, status: string) =>
    operations().find((operation) => operation.name === name)?.operation.responses[status]?.content;
  for (const [name, status] of [
    ['GET /api/recordings/{id}', '200'],
    ['GET /api/videos', '200'],
    ['POST /api/streamers', '201'],
    ['GET /api/recordings/{id}', '404'],
  ] as const)
    expect([name, JSON.stringify(schemaOf(name, status) ?? {})]).toEqual([name, expect.stringContaining('schema')]);
});

it('gives every operation a name of its own, examples of what goes in and comes out, and the 503 that any may answer', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[a-z]\w+$/)));
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, operation } of operations()) {
    expect([name, Object.keys(operation.responses)]).toEqual([name, expect.arrayContaining(['401', '503'])]);
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const media of bodies.flatMap((body) => body?.content?.['application/json'] ?? []))
      expect([name, media.example]).toEqual([name, expect.anything()]);
  }
});

it('has lists that all say whether they go on', async () => {
  const lists = operations().filter(
    ({ name, operation }) =>
      name.startsWith('GET ') &&
      !name.includes('{') &&
      Array.isArray((operation.responses['200']?.content?.['application/json']?.example as { items?: unknown })?.items),
  );
  expect(lists.length).toBeGreaterThan(8);
  for (const { name, path } of lists) {
    const { status, json } = await server.api.request('GET', path);
    if (status === 200) expect([name, json]).toEqual([name, expect.objectContaining({ nextCursor: null })]);
  }
});

it('is where the API leads whoever tries its beginning, and says what an address does instead of another thing', async () => {
  const beginning = await server.api.request('GET', '/api');
  expect([beginning.status, beginning.headers.get('location')]).toEqual([302, '/api/docs']);
  const refused = await server.api.request('PUT', '/api/streamers');
  expect([refused.status, refused.headers.get('allow'), refused.json]).toMatchObject([
    405,
    'GET, HEAD, POST',
    { code: 'route.method-not-allowed', detail: expect.stringContaining('POST') },
  ]);
  expect(await server.api.refusal('PUT', '/api/nothing')).toMatchObject({ status: 404 });
  const wrong = await server.api.request('POST', '/api/streamers', { body: { quality: 1, colour: 'red' } });
  expect(wrong.json).toMatchObject({
    status: 400,
    errors: expect.arrayContaining([{ path: 'url', message: 'Is missing.' }]),
  });
});

it('measures nothing that was not, and counts what ended', async () => {
  const scrape = async (): Promise<string> => (await server.api.request('GET', '/metrics')).bytes.toString();
  for (const text of [await scrape(), await scrape()]) {
    expect(text).not.toMatch(/nan$| 9223372036|e\+/im);
    expect(text).toMatch(/^streamvault_recordings_total\{outcome="completed"\} 0$/m);
    expect(text).toMatch(/^streamvault_recorded_bytes_total\{outcome="failed"\} 0$/m);
  }
});

it('has a page', async () => {
  const page = await server.api.request('GET', '/api/docs');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
});

it('answers every list and every fact with its schema while there is nothing yet', async () => {
  const { api } = server;
  expect((await api.streamers()).items).toEqual([]);
  expect((await api.recordings()).items).toEqual([]);
  expect((await api.videos()).items).toEqual([]);
  expect((await api.queue()).items).toEqual([]);
  expect(await api.demo()).toEqual({ available: true, reason: null, streamerId: null });
  expect((await api.lifecycle()).states.map(({ name }) => name)).toContain('reconnecting');
});

describe("the console's stand-in for the server", () => {
  let fake: Awaited<ReturnType<typeof startFakeConsoleServer>>;
  beforeAll(async () => {
    fake = await startFakeConsoleServer();
  });
  afterAll(() => fake.close());

  /** Checks an answer with the schema of its route; a route without one fails. */
  function expectAsDocumented(route: string, path: string, status: number, body: unknown): void {
    const [method = '', documented = ''] = route.split(' ');
    const content = document.paths[documented]?.[method.toLowerCase()]?.responses[String(status)]?.content ?? {};
    const [schema] = Object.values(content).map((each) => each.schema);
    if (!schema) throw new Error(`${route} has no schema for ${status}, with which ${path} was answered.`);
    const local = (part: object) => JSON.parse(JSON.stringify(part).replaceAll('#/components/schemas/', '#/$defs/'));
    const found = z.fromJSONSchema({ ...local(schema), $defs: local(document.components.schemas) }).safeParse(body);
    expect([route, path, found.error && z.prettifyError(found.error)]).toEqual([route, path, undefined]);
  }
  const ask = async (method: string, path: string, body: object | null = null) => {
    const answer = await fetch(fake.url + path, { method, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  /** The ids of the first items of a list. */
  const first = async (path: string, field: string) => {
    const { items } = (await ask('GET', path)).body as { items: Record<string, unknown>[] };
    return String(items[0]?.[field]);
  };

  it('answers every question that it knows as the server does', async () => {
    const ids: Record<string, string> = {
      '/api/streamers/{id}': await first('/api/streamers', 'id'),
      '/api/recordings/{id}': await first('/api/recordings', 'id'),
      '/api/videos/{id}': await first('/api/videos', 'id'),
    };
    const position = await first('/api/audit/events', 'position');
    const answered: string[] = [];
    for (const { name, path, operation } of operations()) {
      if (!name.startsWith('GET ') || !operation.responses['200']?.content?.['application/json']) continue;
      const asked = path
        .replace(/^\/api\/(streamers|recordings|videos)\/\{id\}/, (found) => found.replace('{id}', ids[found]!))
        .replace('{position}', position)
        .replace('{stream}', 'streamer-1');
      const { status, body } = await ask('GET', asked);
      if (status === 404 && body['code'] === 'route.unknown') continue;
      expectAsDocumented(name, asked, status, body);
      answered.push(name);
    }
    expect(answered.length).toBeGreaterThan(15);
  });

  it.each<[route: string, path: string, status: number, body: object | null]>([
    ['POST /api/streamers', '/api/streamers', 201, { url: 'https://example.org/live.m3u8' }],
    ['POST /api/streamers', '/api/streamers', 400, { url: 'nonsense' }],
    ['PATCH /api/streamers/{id}', '/api/streamers/1', 200, { name: 'Another name' }],
    ['DELETE /api/streamers/{id}', '/api/streamers/77', 404, null],
    ['POST /api/demo', '/api/demo', 200, null],
    ['POST /api/recording/start/{streamerId}', '/api/recording/start/4', 200, null],
    ['POST /api/recording/start/{streamerId}', '/api/recording/start/4', 409, null],
    ['POST /api/recording/stop/{streamerId}', '/api/recording/stop/4', 200, null],
    ['POST /api/recordings/{id}/retry', '/api/recordings/6/retry', 200, null],
    ['POST /api/recordings/{id}/cancel', '/api/recordings/6/cancel', 200, null],
    ['POST /api/recordings/{id}/steps/{name}/retry', '/api/recordings/4/steps/thumbnail/retry', 200, null],
    ['POST /api/audit/projections/{name}/rebuild', '/api/audit/projections/recording-view/rebuild', 202, null],
  ])('answers %s of %s with %d as the server does', async (route, path, status, body) => {
    const [method = ''] = route.split(' ');
    const answer = await ask(method, path, body);
    expect([route, answer.status]).toEqual([route, status]);
    expectAsDocumented(route, path, status, answer.body);
  });
});
