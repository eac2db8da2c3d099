import { describe, expect, it } from '@jest/globals';
import { parsePosition, type RecordedEvent } from '@streamvault/event-store';
import { z } from 'zod';
import type { CommandMetadata } from './command-metadata.js';
import { defineEvent, type EventOf } from './event-definition.js';
import { EventFromNewerVersion, EventSchemaViolation, UnknownEventType, UpcastFailed } from './event-errors.js';
import { EventRegistry } from './event-registry.js';

const roomBooked = defineEvent({
  type: 'RoomBooked',
  version: 3,
  schema: z.object({
    guest: z.object({ name: z.string(), email: z.string().optional() }),
    nights: z.number().int(),
    rooms: z.array(z.number()),
  }),
  upcasters: {
    1: (data) => ({ ...data, nights: 1 }),
    2: ({ name, ...data }) => ({ ...data, guest: { name: name ?? null }, rooms: [] }),
  },
});
type RoomBooked = EventOf<typeof roomBooked>;

const metadata: CommandMetadata = {
  commandId: '11111111-1111-4111-8111-111111111111',
  correlationId: 'request-1',
  causationId: 'event-1',
  actor: 'api',
  now: '2026-11-01T12:00:00.000Z',
};
const booked: RoomBooked = { type: 'RoomBooked', data: { guest: { name: 'Ada' }, nights: 2, rooms: [7] } };

const recorded = (version: number, data: object, type = 'RoomBooked'): RecordedEvent => ({
  id: '22222222-2222-5222-8222-222222222222',
  type,
  version,
  data: { ...data },
  metadata: { $correlationId: 'c', $causationId: 'c', actor: 'api' },
  stream: 'booking-1',
  revision: 4n,
  position: parsePosition('9')!,
  recordedAt: '2026-11-01T12:00:00.000Z',
});

const refusal = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was refused.');
};

describe('EventRegistry', () => {
  const registry = new EventRegistry([roomBooked]);

  describe('writing', () => {
    it('adds version, cause and the command that led to the event', () => {
      expect(registry.toNewEvents([booked], metadata)).toEqual([
        {
          id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
          type: 'RoomBooked',
          version: 3,
          data: booked.data,
          metadata: {
            $correlationId: 'request-1',
            $causationId: 'event-1',
            actor: 'api',
            commandId: metadata.commandId,
          },
        },
      ]);
    });

    it('gives the same ids to the same command, and other ids everywhere else', () => {
      const ids = (commandId: string, stream: string) =>
        registry.toNewEvents([booked, booked], { ...metadata, commandId }, stream).map(({ id }) => id);
      expect(ids('a', 'booking-1')).toEqual(ids('a', 'booking-1'));
      expect(new Set([...ids('a', 'booking-1'), ...ids('a', 'booking-2'), ...ids('b', 'booking-1')]).size).toBe(6);
    });

    it('does not change the ids between releases: a retry may come from the next one', () => {
      expect(registry.toNewEvent(booked, metadata, 'booking-1', 1).id).toBe('22984ce2-6d01-5e43-a8cb-b4827416208a');
    });

    it.each([
      ['a wrong type', { ...booked.data, nights: 'two' }, 'nights: invalid_type (expected number)'],
      ['a missing key', { nights: 1, rooms: [] }, 'guest: invalid_type (expected object)'],
      ['an unknown key', { ...booked.data, colour: 'red' }, 'colour: unknown key'],
      ['an unknown nested key', { ...booked.data, guest: { name: 'Ada', age: 36 } }, 'guest.age: unknown key'],
      [
        'undefined',
        { ...booked.data, guest: { name: 'Ada', email: undefined } },
        'guest.email: undefined is not JSON, leave the key out',
      ],
      ['a wrong element', { ...booked.data, rooms: [1, '2'] }, 'rooms.1: invalid_type (expected number)'],
    ])('refuses %s by type and place', (_, data, problem) => {
      const error = refusal(() => registry.toNewEvents([{ type: 'RoomBooked', data }], metadata));
      expect(error).toBeInstanceOf(EventSchemaViolation);
      expect(error).toMatchObject({
        eventType: 'RoomBooked',
        version: 3,
        problems: [expect.stringContaining(problem)],
      });
    });

    it('never quotes a value', () => {
      const data = { guest: { name: 1234567 }, nights: 'hunter2', rooms: ['hunter2'] };
      const error = refusal(() => registry.toNewEvents([{ type: 'RoomBooked', data }], metadata));
      expect(String(error)).toContain('RoomBooked version 3');
      expect(String(error)).not.toMatch(/hunter2|1234567/);
    });

    it('refuses a schema that would store something else than was decided', () => {
      const defaulted = defineEvent({
        type: 'Defaulted',
        version: 1,
        schema: z.object({ size: z.number().default(3), label: z.string().trim() }),
      });
      const error = refusal(() =>
        new EventRegistry([defaulted]).toNewEvents([{ type: 'Defaulted', data: { label: ' x' } }], metadata),
      );
      expect(error).toMatchObject({
        problems: ['label: the schema changes the value', 'size: missing, the schema fills it in'],
      });
    });

    it('refuses an unregistered event', () => {
      expect(() => registry.toNewEvents([{ type: 'Surprise', data: {} }], metadata)).toThrow('Surprise');
    });
  });

  describe('reading', () => {
    it('returns the present version as it is, with its place in the log', () => {
      const event = registry.read<RoomBooked>(recorded(3, booked.data));
      expect(event).toMatchObject({ ...booked, stream: 'booking-1', revision: 4n, position: 9n, version: 3 });
    });

    it('upcasts older data, version by version', () => {
      expect(registry.read(recorded(1, { name: 'Ada' }))).toMatchObject({
        version: 3,
        data: { guest: { name: 'Ada' }, nights: 1, rooms: [] },
      });
      expect(registry.read(recorded(2, { name: 'Ada', nights: 5 })).data).toMatchObject({ nights: 5 });
    });

    it('names the event for which an upcaster was wrong', () => {
      const error = refusal(() => registry.read(recorded(1, {})));
      expect(error).toBeInstanceOf(UpcastFailed);
      expect(error).toMatchObject({ eventType: 'RoomBooked', version: 1, stream: 'booking-1', revision: 4n });
      expect(String(error)).toContain('guest.name');
    });

    it('names an unknown type, and an unknown version', () => {
      expect(refusal(() => registry.read(recorded(1, {}, 'Surprise')))).toBeInstanceOf(UnknownEventType);
      const error = refusal(() => registry.read(recorded(4, {})));
      expect(error).toBeInstanceOf(EventFromNewerVersion);
      expect(error).toMatchObject({ version: 4, known: 3, stream: 'booking-1' });
    });
  });

  describe('definitions', () => {
    it('must be able to read every version ever written', () => {
      const schema = z.object({});
      expect(() => defineEvent({ type: 'Old', version: 3, schema, upcasters: { 1: (data) => data } })).toThrow(
        'version 2 has no upcaster',
      );
      expect(() => defineEvent({ type: 'Zero', version: 0, schema })).toThrow('count from 1');
    });

    it('may be listed twice if they are equal', () => {
      expect(new EventRegistry([roomBooked, roomBooked]).types).toEqual(['RoomBooked']);
      const other = defineEvent({ type: 'RoomBooked', version: 1, schema: z.object({}) });
      expect(() => new EventRegistry([roomBooked, other])).toThrow('defined twice');
    });
  });
});
