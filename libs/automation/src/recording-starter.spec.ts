import { expect, it } from '@jest/globals';
import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { MemoryEventStore } from '@streamvault/event-store';
import { Claims, CommandHandling, EventRegistry, IdSequence, kernelEvents } from '@streamvault/kernel';
import type { FoundDeletion } from '@streamvault/library';
import { type RecordingStreams, StartRecording } from '@streamvault/recording';
import { BroadcastStreams } from './broadcast-streams.js';
import { TellBroadcast } from './commands/tell-broadcast/tell-broadcast.command.js';
import { broadcastEvents } from './domain/broadcast-events.js';
import { barely } from './domain/sighting.js';
import type { BroadcastPolicy } from './domain/verdict.js';
import type { FormerBroadcasts } from './read-models/former-broadcasts.js';
import { RecordingStarter } from './recording-starter.js';

const at = '2026-11-30T18:00:00.000Z';
const metadata = (commandId: string) => ({
  commandId,
  correlationId: 'c',
  causationId: 'c',
  actor: 'automation',
  now: at,
});
const policy: BroadcastPolicy = {
  patienceSeconds: 720,
  stopsOnChangeAfterSeconds: null,
  judge: () => ({
    decision: 'record',
    rule: null,
    reason: { code: 'auto-record.on', message: 'Automatic recording is on.' },
    judgeAgainAt: null,
  }),
};

/**
 * A broadcast that continues with id 700 of the platform, after an earlier recording 4 with the same id, or another
 * one.
 */
async function live({ deletion, sameId = true }: { deletion?: Partial<FoundDeletion>; sameId?: boolean }) {
  const store = new MemoryEventStore();
  const registry = new EventRegistry([...kernelEvents, ...broadcastEvents]);
  const streams = new BroadcastStreams(
    new CommandHandling({ store, registry }),
    new Claims(store),
    new IdSequence(store),
  );
  const sighting = { ...barely('eventsub', 'live', at), platformId: '700' };
  const { state } = await streams.see(2, sighting, policy, metadata('see'));
  const broadcastId = state?.context.broadcastId ?? 0;
  const started: StartRecording[] = [];
  const commands = {
    execute(command: unknown) {
      if (command instanceof StartRecording) {
        started.push(command);
        return Promise.resolve({ answer: { recordingId: 8 } });
      }
      const { news, metadata: of } = command as TellBroadcast;
      return streams.tell(broadcastId, { ...news, at } as Parameters<typeof streams.tell>[1], of);
    },
  } as unknown as CommandBus;
  const queries = {
    execute: ({ recordingIds }: { recordingIds: number[] }) =>
      Promise.resolve(
        deletion && recordingIds.includes(4) ? { videoId: 5, by: 'ada', rule: null, at, ...deletion } : undefined,
      ),
  } as unknown as QueryBus;
  const former = { recordingsOf: () => Promise.resolve(sameId ? [4] : []) } as unknown as FormerBroadcasts;
  const starter = new RecordingStarter(commands, streams, {} as RecordingStreams, queries, former);
  const see = () => starter.see(broadcastId, metadata('look'));
  return { broadcastId, see, started, streams };
}

it('does not record again what was deleted, and says why', async () => {
  const { broadcastId, see, started, streams } = await live({ deletion: {} });
  expect([await see(), await see()]).toEqual(['refused', 'refused']);
  expect(started).toEqual([]);
  const { refusal } = (await streams.current(broadcastId))!.context;
  expect(refusal).toMatchObject({
    code: 'broadcast.deleted',
    message: expect.stringMatching(/video 5, which ada deleted/),
  });
});

it('records it anyway if a person starts it', async () => {
  const { broadcastId, see, started, streams } = await live({ deletion: {} });
  await see();
  await streams.tell(broadcastId, { type: 'Override', at, by: 'ada', wish: 'record' }, metadata('override'));
  expect(await see()).toBe('recording');
  expect(started).toHaveLength(1);
});

it.each([
  ['a rule removed it', { deletion: { rule: 'All: older than 30 days' } }],
  ['it was another broadcast', { deletion: {}, sameId: false }],
  ['nothing was deleted', {}],
])('records if %s', async (_, world) => {
  const { see, started } = await live(world);
  expect(await see()).toBe('recording');
  expect(started).toHaveLength(1);
});
