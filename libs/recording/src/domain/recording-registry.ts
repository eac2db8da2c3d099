import { defineEvent } from '@streamvault/event-sourcing';
import { recordingEventSchemas, recordingEventTypes } from './recording-events.js';

export const recordingCategory = 'recording';
export const recordingStream = (recordingId: number): `recording-${number}` => `recording-${recordingId}`;

/** For the event registry. All in version 1 so far. */
export const recordingEvents = recordingEventTypes.map((type) =>
  defineEvent({ type, version: 1, schema: recordingEventSchemas[type] }),
);
