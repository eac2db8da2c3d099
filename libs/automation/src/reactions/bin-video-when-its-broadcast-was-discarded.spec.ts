import { expect, it } from '@jest/globals';
import type { EntityManager } from '@mikro-orm/core';
import type { CommandBus } from '@nestjs/cqrs';
import type { ReadEvent } from '@streamvault/kernel';
import { BinVideo, VideoIsProtected } from '@streamvault/library';
import type { RecordingStreams } from '@streamvault/recording';
import type { BroadcastStreams } from '../broadcast-streams.js';
import { BinVideoWhenItsBroadcastWasDiscarded } from './bin-video-when-its-broadcast-was-discarded.js';

const no = { code: 'rule.excluded', message: 'Rule 1 (No chess) says: do not record.' };

/** Recording 7 of broadcast 3 became the videos `made`; the rules decided as given. */
function reaction(decision: string, made: readonly number[] = []) {
  const binned: BinVideo[] = [];
  const commands = {
    execute: (command: BinVideo) => {
      if (command.videoId === 99) return Promise.reject(new VideoIsProtected(99));
      binned.push(command);
      return Promise.resolve();
    },
  } as unknown as CommandBus;
  const recordings = {
    current: (id: number) =>
      Promise.resolve(id === 7 ? { context: { broadcastId: 3 } } : { context: { broadcastId: null } }),
  } as unknown as RecordingStreams;
  const broadcasts = {
    current: () => Promise.resolve({ context: { recordingId: 7, decision: { decision, reason: no } } }),
  } as unknown as BroadcastStreams;
  const em = { fork: () => ({ find: () => Promise.resolve(made.map((id) => ({ id }))) }) } as unknown as EntityManager;
  return { binned, it: new BinVideoWhenItsBroadcastWasDiscarded(commands, recordings, broadcasts, em) };
}
const event = (type: string, data: object) =>
  ({ id: 'e', type, stream: 'broadcast-3', data, metadata: { $correlationId: 'c' } }) as unknown as ReadEvent;
const added = (recordingId: number, videoId = 5) => event('VideoAdded', { recordingId, videoId });

it('bins a video that was recorded undecided once the rules said no, and names the rule', async () => {
  const { binned, it: reacts } = reaction('discard');
  await reacts.handle(added(7));
  expect(binned).toMatchObject([{ videoId: 5, choice: { rule: no.message } }]);
});

it('bins an existing video when the rules say no later', async () => {
  const { binned, it: reacts } = reaction('discard', [5, 6]);
  await reacts.handle(event('RecordingDecided', { decision: 'discard' }));
  expect(binned.map(({ videoId }) => videoId)).toEqual([5, 6]);
});

it.each(['record', 'provisional', 'stop'])('leaves a video alone whose broadcast was decided %s', async (decision) => {
  const { binned, it: reacts } = reaction(decision, [5]);
  await reacts.handle(added(7));
  await reacts.handle(event('RecordingDecided', { decision }));
  expect(binned).toEqual([]);
});

it('leaves alone videos without a broadcast, and protected ones', async () => {
  const { binned, it: reacts } = reaction('discard');
  await reacts.handle(added(8));
  await reacts.handle(added(7, 99));
  expect(binned).toEqual([]);
});
