import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventRegistry } from '@streamvault/kernel';
import { MemoryEventStore } from '@streamvault/event-store';
import { randomUUID } from 'node:crypto';
import type { RecordingEvent } from '../domain/recording-events.js';
import { recordingEvents } from '../domain/recording-registry.js';
import { after, sampleCause, sampleRequest, t0 } from '../domain/recording-samples.testing.js';
import { foldOpenRecordings } from './fold-open-recordings.js';

describe('foldOpenRecordings', () => {
  const registry = new EventRegistry(recordingEvents);
  let store: MemoryEventStore;
  beforeEach(() => {
    store = new MemoryEventStore();
  });

  const write = async (recordingId: number, ...events: RecordingEvent[]): Promise<void> => {
    for (const { type, data } of [{ type: 'RecordingRequested', data: { ...sampleRequest, recordingId } }, ...events]) {
      const metadata = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' };
      await store.append(`recording-${recordingId}`, [{ id: randomUUID(), type, version: 1, data, metadata }], 'any');
    }
  };
  const cancelled: RecordingEvent = { type: 'RecordingCancelled', data: { at: t0, by: 'api', cause: sampleCause } };
  const failed: RecordingEvent = { type: 'RecordingFailed', data: { at: t0, cause: sampleCause } };

  it('names what is active and nothing that ended, whatever happened to it afterwards', async () => {
    await write(12);
    await write(2, { type: 'CaptureStarting', data: { at: t0, deadline: after(60) } });
    await write(3, cancelled);
    await write(4, failed, { type: 'PartsDiscarded', data: { at: t0, bytes: 1 } });
    expect(await foldOpenRecordings(store, registry)).toEqual([2, 12]);
  });

  it('names what was opened again', async () => {
    await write(5, failed, {
      type: 'RecordingRetried',
      data: { at: t0, by: 'api', from: 'capture', deadline: after(60) },
    });
    expect(await foldOpenRecordings(store, registry)).toEqual([5]);
  });

  it('leaves out what a newer program wrote', async () => {
    await write(6);
    const metadata = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' };
    await store.append('recording-6', [{ id: randomUUID(), type: 'Unheard', version: 1, data: {}, metadata }], 'any');
    expect(await foldOpenRecordings(store, registry)).toEqual([]);
  });

  it('names nothing in an empty log', async () => {
    expect(await foldOpenRecordings(store, registry)).toEqual([]);
  });
});
