import { expect, it } from '@jest/globals';
import { auditEvent, auditEvents, type LoggedEvent } from '@streamvault/api-contract';
import { randomUUID } from 'node:crypto';
import type { ApiClient } from './support/api-client.js';
import { inWorld } from './support/world.js';

async function find(api: ApiClient, query: string): Promise<LoggedEvent[]> {
  const { status, json } = await api.request('GET', `/api/audit/events?${query}`);
  expect({ status, json }).toMatchObject({ status: 200 });
  return auditEvents.parse(json).items;
}

async function explain(api: ApiClient, position: string) {
  const { status, json } = await api.request('GET', `/api/audit/events/${position}`);
  expect({ status, json }).toMatchObject({ status: 200 });
  return auditEvent.parse(json);
}

it(
  'answers why a recording stopped: from its last event back to the request, and from the request to its last event',
  inWorld(async (world) => {
    const server = await world.server();
    const { api } = server;
    const origin = await world.origin({ pace: 1, window: 6, initial: 3, kept: 1000 });
    const { id } = await api.addStreamer({ url: origin.url, name: 'Asked about' });
    const [toStart, toStop] = [randomUUID(), randomUUID()];
    const ask = async (what: 'start' | 'stop', correlationId: string) => {
      const headers = { 'X-Correlation-Id': correlationId, 'Idempotency-Key': correlationId };
      const { status, json } = await api.request('POST', `/api/recording/${what}/${id}`, { headers });
      expect(status).toBe(200);
      return (json as { recordingId: number }).recordingId;
    };
    const recordingId = await ask('start', toStart);
    await api.recordingThat(recordingId, 'can be played', ({ playable }) => playable);
    await ask('stop', toStop);
    await api.reaches(recordingId, 'completed');

    const [completed] = await find(api, `stream=recording-${recordingId}&type=RecordingCompleted`);
    const { causes, origin: began } = await explain(api, completed!.position);
    const types = causes.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['StopRequested', 'CaptureEnded', 'RecordingFinalized']);
    // Its last step, and those that had to come before that one.
    expect(new Set(types.slice(3))).toEqual(new Set(['StepStarted', 'StepSucceeded']));
    expect(types.at(-1)).toBe('StepStarted');
    expect(began).toMatchObject({ correlationId: toStop, actor: 'user:1' });
    expect(causes[0]).toMatchObject({ stream: `recording-${recordingId}`, metadata: { $causationId: toStop } });

    const [ended] = await find(api, `stream=recording-${recordingId}&type=CaptureEnded`);
    expect((await explain(api, ended!.position)).causes).toEqual([causes[0]]);
    // And the other way: what the request to stop led to, the video in the library too.
    const { effects } = await explain(api, causes[0]!.position);
    const ofRecording = effects.filter(({ stream }) => stream.startsWith('recording-'));
    expect(ofRecording.map(({ type }) => type)).toEqual(['PartClosed', 'CaptureEnded']);
    const led = await find(api, `correlationId=${toStop}`);
    expect(led.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['StopRequested', 'VideoAdded', 'RecordingCompleted']),
    );

    const [started] = await find(api, `stream=recording-${recordingId}&type=CaptureStarted`);
    const start = await explain(api, started!.position);
    expect(start.causes.map(({ type }) => type)).toEqual(['RecordingRequested', 'CaptureStarting']);
    expect(start.origin).toMatchObject({ correlationId: toStart, actor: 'user:1' });

    // Nothing in the log is without a cause: each event names a request, or an earlier event with the same correlation
    // id.
    const log = await find(api, 'limit=200');
    const known = new Map<unknown, LoggedEvent>();
    for (const event of log) {
      const { $causationId, $correlationId } = event.metadata;
      const cause = known.get($causationId);
      if ($causationId !== $correlationId)
        expect({ event, cause }).toMatchObject({ cause: { metadata: { $correlationId } } });
      known.set(event.id, event);
    }
    expect(log.length).toBeGreaterThan(20);
  }),
);
