import { expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, EventRegistry, type ReadEvent } from '@streamvault/kernel';
import { StreamerStreams } from '@streamvault/streamers';
import { DeliveryStreams } from '../delivery-streams.js';
import { deliveryEvents } from '../domain/delivery-events.js';
import { targetEvents } from '../domain/target-events.js';
import { TargetStreams } from '../target-streams.js';
import { QueueNoticesWhenLookingAheadFindsTrouble } from './queue-notices-when-looking-ahead-finds-trouble.js';

const now = new Date().toISOString();
const problem = (code: string, level: string, streamerId: number | null = null) => ({
  code,
  level,
  subject: 'source',
  streamerId,
  streamerName: streamerId === null ? null : 'Ada',
  message: `Trouble: ${code}`,
  next: 'Do something.',
});
const checked = (id: string, problems: object[], checkedAt = now) =>
  ({
    id,
    type: 'PreflightChecked',
    stream: 'preflight-all',
    data: { checkedAt, streamers: 1, problems, credentials: [], expected: [], room: null },
    metadata: { $correlationId: 'c' },
  }) as unknown as ReadEvent;

it('tells of what fails, once a day however often it is found, to who wants to know', async () => {
  const store = new MemoryEventStore();
  const registry = new EventRegistry([...targetEvents, ...deliveryEvents]);
  const handling = new CommandHandling({ store, registry });
  const targets = new TargetStreams(handling);
  for (const [targetId, streamerIds] of [
    [1, null],
    [2, [4]],
  ] as const)
    await targets.handle(
      {
        type: 'AddTarget',
        targetId,
        by: 'ada',
        at: now,
        facts: {
          targetId,
          name: 'T',
          settings: { kind: 'discord' },
          origin: 'https://d.example',
          kinds: null,
          streamerIds: streamerIds && [...streamerIds],
          quiet: null,
          digestAt: null,
          templates: {},
          enabled: true,
        },
      },
      { commandId: `add ${targetId}`, correlationId: 'c', causationId: 'c', actor: 'ada', now },
    );
  const reacts = new QueueNoticesWhenLookingAheadFindsTrouble(
    targets,
    new DeliveryStreams(handling),
    new StreamerStreams(handling),
    {
      publicUrl: undefined,
    },
  );
  const gone = problem('source.not-found', 'fail', 3);
  const full = problem('room.not-enough', 'fail');
  await reacts.handle(checked('one', [gone, full, problem('quality.gaps', 'warn', 3)]));
  await reacts.handle(checked('two', [gone, full]));
  await reacts.handle(checked('old', [gone], '2026-01-01T00:00:00.000Z'));
  const queued: unknown[] = [];
  for await (const event of store.readAll({ filter: { types: ['NoticeQueued'] } })) {
    const { targetId, notice } = event.data as { targetId: number; notice: { title: string; severity: string } };
    queued.push([targetId, notice.title, notice.severity]);
  }
  expect(queued).toEqual([
    [1, 'Trouble: source.not-found', 'failure'],
    [1, 'Trouble: room.not-enough', 'failure'],
    // Of room everybody is told.
    [2, 'Trouble: room.not-enough', 'failure'],
  ]);
});
