import { expect, it } from '@jest/globals';
import type { ReadEvent } from '@streamvault/kernel';
import { TellBroadcast } from '../commands/tell-broadcast/tell-broadcast.command.js';
import { TellBroadcastWhatItsRecordingDoes } from './tell-broadcast-what-its-recording-does.js';

it.each(['RecordingRequested', 'CaptureStarted'])(
  'a broadcast knows its recording before it is wanted, at %s, so that it is never given a second one',
  async (type) => {
    const news: string[] = [];
    const commands = {
      execute: (command: unknown) =>
        Promise.resolve(void (command instanceof TellBroadcast && news.push(command.news.type))),
    };
    const broadcasts = { open: () => Promise.resolve({ context: { broadcastId: 7 } }) };
    const context = { streamerId: 3, trigger: { kind: 'user', by: 'ada' } };
    const recordings = { current: () => Promise.resolve({ context }) };
    const retries = { forget: () => {} };
    const reaction = new TellBroadcastWhatItsRecordingDoes(
      commands as never,
      broadcasts as never,
      recordings as never,
      retries as never,
    );
    const at = '2026-12-01T04:00:00.000Z';
    const event = { id: 'event', type, stream: 'recording-1', data: { at }, metadata: {}, recordedAt: at };
    await reaction.handle(event as unknown as ReadEvent);
    expect(news).toEqual(['NoteRecording', 'Override']);
  },
);
