import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Home, type Outcome } from '../cli-process.testing.js';

const live = { name: 'video-library', version: 1, state: 'live', position: '7', lagSeconds: 0, error: null };
const rebuilding = (state: string, progress: number | null) => ({
  ...live,
  rebuild: {
    state,
    startedAt: '2026-11-22T12:00:00.000Z',
    progress,
    remainingSeconds: 3,
    error: state === 'failed' ? 'no' : null,
  },
});

describe('projections', () => {
  let server: Server;
  let address: string;
  /** Answers of the server; the last one repeats. */
  let answers: [status: number, body: object][];
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const [status, body] = (answers.length > 1 ? answers.shift() : answers[0])!;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const call = (...args: string[]): Promise<Outcome> => {
    let outcome: Outcome | undefined;
    return Home.with(async (home) => {
      outcome = await home.run(['projections', ...args, '--json'], { PORT: new URL(address).port });
    }).then(() => outcome!);
  };

  it('waits until the requested rebuild is done', async () => {
    answers = [
      [202, { items: [rebuilding('waiting', null)] }],
      [200, { items: [rebuilding('building', 0.5), { ...live, name: 'other', rebuild: null }] }],
      [200, { items: [{ ...live, rebuild: null }] }],
    ];
    const outcome = await call('rebuild', 'video-library');
    expect(asked[0]).toBe('POST /api/audit/projections/video-library/rebuild');
    expect(asked).toHaveLength(3);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.json()).toEqual({ ok: true, rebuilt: ['video-library'] });
  });

  it('does not wait if told not to', async () => {
    answers = [[202, { items: [rebuilding('waiting', null)] }]];
    expect((await call('rebuild', 'all', '--no-wait')).json()).toEqual({ ok: true, started: ['video-library'] });
    expect(asked).toEqual(['POST /api/audit/projections/all/rebuild']);
  });

  it('lists', async () => {
    answers = [[200, { items: [rebuilding('building', 0.5)] }]];
    expect((await call('list')).json()).toMatchObject({ ok: true, items: [{ name: 'video-library' }] });
  });

  it('fails with the error of the rebuild', async () => {
    answers = [
      [202, { items: [rebuilding('waiting', null)] }],
      [200, { items: [rebuilding('failed', 0.5)] }],
    ];
    const outcome = await call('rebuild', 'all');
    expect(outcome.code).toBe(1);
    expect(outcome.json()).toMatchObject({ error: { message: 'The rebuild of video-library failed: no' } });
  });

  it("fails with the server's message if it refuses, and with the address if nothing answers", async () => {
    answers = [[404, { status: 404, code: 'projection.not-found', detail: 'There is no projection "x".' }]];
    const refused = await call('rebuild', 'x');
    expect(refused.code).toBe(1);
    expect(refused.json()).toMatchObject({
      error: { message: 'There is no projection "x".', code: 'projection.not-found' },
    });
    const away = await call('list', '--server', 'http://127.0.0.1:1');
    expect(away.code).toBe(1);
    expect(away.json()).toMatchObject({
      error: {
        code: 'server-away',
        message: expect.stringMatching(/No server answers at http:\/\/127\.0\.0\.1:1 .*--server/),
      },
    });
  });
});
