import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandBus } from '@nestjs/cqrs';
import { MemoryEventStore } from '@streamvault/event-store';
import { Claims, CommandHandling, EventRegistry, kernelEvents } from '@streamvault/kernel';
import { ActiveRecordingClaim } from '../../active-recording-claim.js';
import type { RecordingCommand } from '../../domain/recording-commands.js';
import { defaultRecordingPolicy } from '../../domain/recording-policy.js';
import { recordingEvents, recordingStream } from '../../domain/recording-registry.js';
import { after, sampleCause, sampleRequest } from '../../domain/recording-samples.testing.js';
import { RecordingStreams } from '../../recording-streams.js';
import { StartRecording } from '../start-recording/start-recording.command.js';
import { RetryRecording } from './retry-recording.command.js';
import { RetryRecordingHandler } from './retry-recording.handler.js';

const newlyMade = { answer: { recordingId: 8, streamerId: 3, state: 'requested' }, position: 1n };

describe('the retry of a recording that captured nothing', () => {
  let store: MemoryEventStore;
  let streams: RecordingStreams;
  let sent: unknown[];
  let handler: RetryRecordingHandler;

  const metadataAt = (now: string) => {
    const commandId = crypto.randomUUID();
    return { commandId, correlationId: commandId, causationId: commandId, actor: 'somebody', now };
  };
  const retryAt = (now: string) => handler.execute(new RetryRecording(7, metadataAt(now)));
  const story = async (): Promise<string[]> => {
    const types: string[] = [];
    for await (const { type } of store.readStream(recordingStream(7))) types.push(type);
    return types;
  };

  beforeEach(async () => {
    store = new MemoryEventStore();
    const registry = new EventRegistry([...kernelEvents, ...recordingEvents]);
    streams = new RecordingStreams(new CommandHandling({ store, registry }), defaultRecordingPolicy);
    sent = [];
    const bus = { execute: (command: unknown) => Promise.resolve((sent.push(command), newlyMade)) };
    const claim = new ActiveRecordingClaim(new Claims(store), streams);
    handler = new RetryRecordingHandler(streams, claim, bus as unknown as CommandBus);
    const { at, deadline: _, ...request } = sampleRequest;
    const failing: readonly RecordingCommand[] = [
      { type: 'RequestRecording', at, request },
      { type: 'ReportCaptureFailure', at: after(5), cause: sampleCause },
    ];
    for (const command of failing) await streams.handle(7, command, metadataAt(command.at));
    expect((await story()).at(-1)).toBe('RecordingFailed');
  });

  it('goes on with it while its broadcast may still be on air', async () => {
    expect(await retryAt(after(600))).toMatchObject({ answer: { recordingId: 7, state: 'requested' } });
    expect([(await story()).at(-1), sent]).toEqual(['RecordingRetried', []]);
  });

  it('begins a new recording hours later, and leaves the old one as it is', async () => {
    const before = await story();
    expect(await retryAt(after(3 * 3600))).toBe(newlyMade);
    expect(await story()).toEqual(before);
    expect(sent).toEqual([expect.any(StartRecording)]);
    expect(sent[0]).toMatchObject({
      streamerId: 3,
      metadata: { actor: 'somebody' },
      occasion: { trigger: { kind: 'user', by: 'somebody', reason: 'Recording 7 is retried.' } },
    });
  });
});
