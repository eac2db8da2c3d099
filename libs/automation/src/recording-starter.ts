import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { type CommandMetadata, deterministicId, DomainError } from '@streamvault/kernel';
import { FindDeletedVideo, type FoundDeletion } from '@streamvault/library';
import { RecordingStreams, RetryRecording, StartRecording } from '@streamvault/recording';
import { BroadcastStreams } from './broadcast-streams.js';
import { TellBroadcast } from './commands/tell-broadcast/tell-broadcast.command.js';
import type { BroadcastContext } from './domain/broadcast-context.js';
import type { Reason } from './domain/verdict.js';
import { FormerBroadcasts } from './read-models/former-broadcasts.js';

const wanted: ReadonlySet<string | undefined> = new Set(['record', 'provisional']);

/** Whether it should be recorded now, by its own decision. */
export const isWanted = ({ decision, endedAt }: BroadcastContext): boolean =>
  endedAt === null && wanted.has(decision?.decision);

export const latestRecordingOf = ({ recordingId, laterRecordingIds }: BroadcastContext): number | null =>
  laterRecordingIds.at(-1) ?? recordingId;

type Seen = 'recording' | 'refused' | 'not-wanted';

/** Sees to it that a broadcast that is to be recorded is: with one recording, which is tried again where it got nothing yet. */
@Injectable()
export class RecordingStarter {
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(
    private readonly commands: CommandBus,
    private readonly broadcasts: BroadcastStreams,
    private readonly recordings: RecordingStreams,
    private readonly queries: QueryBus,
    private readonly former: FormerBroadcasts,
  ) {}

  /** Looks at the broadcast as it is now; does nothing where nothing is to be done. Looks at one broadcast queue up. */
  async see(broadcastId: number, metadata: CommandMetadata): Promise<Seen> {
    const look = () => this.#see(broadcastId, metadata);
    const turn = (this.#turns.get(broadcastId) ?? Promise.resolve()).then(look, look);
    this.#turns.set(broadcastId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(broadcastId) === turn) this.#turns.delete(broadcastId);
    }
  }

  async #see(broadcastId: number, metadata: CommandMetadata): Promise<Seen> {
    const state = await this.broadcasts.current(broadcastId);
    if (!state || !isWanted(state.context)) return 'not-wanted';
    const latest = latestRecordingOf(state.context);
    if (latest !== null) return this.#again(broadcastId, latest, metadata);
    const deleted = state.context.override === null ? await this.#deletion(state.context) : undefined;
    if (deleted === undefined) return this.#start(state.context, metadata);
    await this.#tell(broadcastId, { type: 'NoteRefusal', reason: deletedBefore(deleted) }, metadata);
    return 'refused';
  }

  /** If a platform returns to the same show after a long break, a deleted recording of it must not come back. */
  async #deletion({ broadcastId, streamerId, platformIds }: BroadcastContext): Promise<FoundDeletion | undefined> {
    if (platformIds.length === 0) return undefined;
    const before = await this.former.recordingsOf(streamerId, platformIds, broadcastId);
    const deletion = await this.queries.execute(new FindDeletedVideo(before));
    // A deletion by a rule does not concern what comes later.
    return deletion?.rule === null ? deletion : undefined;
  }

  async #start(context: BroadcastContext, metadata: CommandMetadata): Promise<'recording' | 'refused'> {
    const { broadcastId, streamerId, decision, details } = context;
    const trigger = { kind: 'broadcast', by: 'automation', reason: decision?.reason.message ?? null } as const;
    const { title, category } = details;
    // One command per broadcast: started twice, it is the same recording.
    const starting = { ...metadata, commandId: deterministicId(`recording of broadcast ${broadcastId}`) };
    try {
      const occasion = { trigger, broadcastId, title, category };
      const { answer } = await this.commands.execute(new StartRecording(streamerId, starting, occasion));
      await this.#note(broadcastId, answer.recordingId, metadata);
      return 'recording';
    } catch (error) {
      const running = runningOf(error);
      if (running !== undefined) {
        await this.#note(broadcastId, running, metadata);
        return 'recording';
      }
      if (!(error instanceof DomainError)) throw error;
      const { code, message } = error;
      await this.#tell(broadcastId, { type: 'NoteRefusal', reason: { code, message } }, metadata);
      return 'refused';
    }
  }

  /** A recording that failed before it had anything is retried, instead of starting a second one. */
  async #again(broadcastId: number, recordingId: number, metadata: CommandMetadata): Promise<'recording' | 'refused'> {
    const recording = await this.recordings.current(recordingId);
    if (recording?.value !== 'failed' || recording.context.parts.length > 0) return 'recording';
    try {
      await this.commands.execute(new RetryRecording(recordingId, metadata));
      return 'recording';
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { code, message } = error;
      await this.#tell(broadcastId, { type: 'NoteRefusal', reason: { code, message } }, metadata);
      return 'refused';
    }
  }

  #note(broadcastId: number, recordingId: number, metadata: CommandMetadata): Promise<unknown> {
    return this.#tell(broadcastId, { type: 'NoteRecording', recordingId }, metadata);
  }

  #tell(broadcastId: number, news: TellBroadcast['news'], metadata: CommandMetadata): Promise<unknown> {
    const about = JSON.stringify(news);
    const telling = { ...metadata, commandId: deterministicId(metadata.commandId, about) };
    return this.commands.execute(new TellBroadcast(broadcastId, news, telling));
  }
}

const deletedBefore = ({ videoId, by, at }: FoundDeletion): Reason => ({
  code: 'broadcast.deleted',
  message: `It is the same broadcast as that of video ${videoId}, which ${by} deleted on ${at.slice(0, 10)}. Start the recording by hand to record it anyway.`,
});

/** The streamer is already being recorded: that is the broadcast's recording then. */
function runningOf(error: unknown): number | undefined {
  if (!(error instanceof DomainError) || error.code !== 'recording.already-active') return undefined;
  const { recordingId } = error.details;
  return typeof recordingId === 'number' ? recordingId : undefined;
}
