import type { JsonObject } from '@streamvault/event-store';
import { defineEvent, type Upcaster } from '@streamvault/kernel';
import { recordingEventSchemas, recordingEventTypes, type RecordingEventType } from './recording-events.js';

export const recordingCategory = 'recording';
export const recordingStream = (recordingId: number): `recording-${number}` => `recording-${recordingId}`;

/** What turns older shapes into present ones, from version 1 on. */
const upcasters: Readonly<Partial<Record<RecordingEventType, readonly Upcaster[]>>> = {
  // Nobody could tell advertising apart, so it stayed in; and there were no proxies for single streamers.
  // Only people could ask, and only through the API.
  RecordingRequested: [
    (data) => ({ ...data, ads: 'keep' }),
    (data) => ({ ...data, proxies: null }),
    (data) => ({ ...data, trigger: { kind: 'user', by: 'api', reason: null }, broadcastId: null }),
  ],
  RecordingFinalized: [withPlan],
  SourceOpened: [(data) => ({ ...data, again: null })],
  // Sound without a container came to the kinds of parts; the old ones are what they were.
  PartOpened: [(data) => data],
  CaptureEnded: [(data) => ({ ...data, retries: null })],
  StopRequested: [(data) => ({ ...data, cause: null })],
};

/** Every recording had the same two steps, and a file was taken for one stretch of the broadcast. */
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
