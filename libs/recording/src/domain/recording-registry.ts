import type { JsonObject } from '@streamvault/event-store';
import { defineEvent, type Upcaster } from '@streamvault/kernel';
import { recordingEventSchemas, recordingEventTypes, type RecordingEventType } from './recording-events.js';

export const recordingCategory = 'recording';
export const recordingStream = (recordingId: number): `recording-${number}` => `recording-${recordingId}`;

/** Upcasters from older shapes to the present ones, starting at version 1. */
const upcasters: Readonly<Partial<Record<RecordingEventType, readonly Upcaster[]>>> = {
  // Advertising was not recognized then, so it stayed in. There were no proxies for single streamers, and only people
  // could request, through the API.
  RecordingRequested: [
    (data) => ({ ...data, ads: 'keep' }),
    (data) => ({ ...data, proxies: null }),
    (data) => ({ ...data, trigger: { kind: 'user', by: 'api', reason: null }, broadcastId: null }),
  ],
  RecordingFinalized: [withPlan],
  SourceOpened: [(data) => ({ ...data, again: null })],
  // Audio without a container was added to the kinds of parts. Old parts stay as they are.
  PartOpened: [(data) => data],
  CaptureEnded: [(data) => ({ ...data, retries: null })],
  StopRequested: [(data) => ({ ...data, cause: null })],
};

/** Every recording had the same two steps then, and a file counted as one stretch of the broadcast. */
function withPlan(data: JsonObject): JsonObject {
  const outputs = Array.isArray(data['outputs']) ? data['outputs'] : [];
  return {
    ...data,
    outputs: outputs.map((output) => {
      if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
      const { startedAt, durationSeconds } = output;
      const whole = { startsAt: startedAt, mediaSeconds: 0, durationSeconds };
      return { ...output, timeline: typeof startedAt === 'string' ? [whole] : [] };
    }),
    steps: ['thumbnail', 'publish'].map((name) => ({ name, dependsOn: [] })),
  };
}

/** For the event registry. */
export const recordingEvents = recordingEventTypes.map((type) => {
  const steps = upcasters[type] ?? [];
  return defineEvent({
    type,
    version: steps.length + 1,
    schema: recordingEventSchemas[type],
    upcasters: Object.fromEntries(steps.map((step, index) => [index + 1, step])),
  });
});
