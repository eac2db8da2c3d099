import { Inject, Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  type EventStore,
  type NewEvent,
  type NonEmptyArray,
  type Position,
  type StreamName,
  WrongExpectedRevision,
} from '@streamvault/event-store';
import {
  Claims,
  type CommandMetadata,
  deterministicId,
  DomainError,
  EVENT_STORE,
  EventRegistry,
  IdSequence,
} from '@streamvault/kernel';
import { MEDIA, type Media } from '@streamvault/media';
import { LibraryRoot, recordingStream } from '@streamvault/recording';
import { AddStreamer, FindStreamerByUrl, StreamerAlreadyAdded } from '@streamvault/streamers';
import { join } from 'node:path';
import { videoStream } from '../domain/video-events.js';
import { Episodes } from '../naming/episodes.js';
import { LibraryNames } from '../naming/library-names.js';
import { pictureOf } from '../naming/sidecars.js';
import type { InfoFile } from '../sidecars/info-file.js';
import { outputClaim } from '../video-of-output.js';
import { VideoStreams } from '../video-streams.js';
import { contentIdentity } from './content-identity.js';
import type { FoundFile } from './library-walk.js';
import { pastOf, type PastOfVideo, restoredEvents } from './past-of-video.js';

/** By the first event of its stream a thing is known again, whatever its number was. */
const RESTORED = 'restored';
export const CONTENT = 'videocontent';

export interface RestoreChoice {
  readonly streamers: readonly { readonly id: number; readonly name: string }[];
  readonly isDryRun: boolean;
  readonly metadata: CommandMetadata;
}

export type RestoreOutcome =
  | { readonly kind: 'known'; readonly videoId: number }
  | { readonly kind: 'no-streamer'; readonly why: string }
  | {
      readonly kind: 'restored';
      readonly past: PastOfVideo;
      readonly videoId: number | null;
      readonly streamerId: number | null;
      readonly position: Position | undefined;
    };

/**
 * Brings a video back from the info file beside it, with all that ever happened to it and to its recording. It keeps its numbers where they
 * are free. Interrupted anywhere, the next run goes on: what was appended is known again by its first event.
 */
@Injectable()
export class VideoRestorer {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly claims: Claims,
    private readonly ids: IdSequence,
    private readonly streams: VideoStreams,
    private readonly episodes: Episodes,
    private readonly names: LibraryNames,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly root: LibraryRoot,
    @Inject(MEDIA) private readonly media: Pick<Media, 'probe'>,
  ) {}

  /** @throws SidecarDamaged, and what reading the file throws */
  async restore(found: FoundFile, info: InfoFile, choice: RestoreChoice): Promise<RestoreOutcome> {
    const past = pastOf(info, this.registry);
    const known = await this.#knownAs(videoStream(info.video.id), info.video.id, firstIdOf(info.video));
    if (known !== undefined && (await this.streams.peek(known))) return { kind: 'known', videoId: known };
    const streamer = await this.#streamer(info, choice);
    if (typeof streamer === 'string') return { kind: 'no-streamer', why: streamer };
    if (choice.isDryRun) return { kind: 'restored', past, videoId: null, streamerId: streamer, position: undefined };
    const position = await this.#bringBack(found, info, past, streamer ?? 0, choice.metadata);
    return { kind: 'restored', past, ...position, streamerId: streamer };
  }

  async #bringBack(found: FoundFile, info: InfoFile, past: PastOfVideo, streamerId: number, metadata: CommandMetadata) {
    const first = firstIdOf(info.video);
    const own = { ...metadata, commandId: deterministicId(metadata.commandId, RESTORED, first) };
    const recordingId =
      info.recording &&
      (await this.#number(
        'recording',
        recordingStream(info.recording.id),
        info.recording.id,
        firstIdOf(info.recording),
        own,
      ));
    const videoId = await this.#number('video', videoStream(info.video.id), info.video.id, first, own);
    const numbers = { videoId, recordingId, streamerId };
    // The recording first: what shows a video may look at it.
    if (info.recording && recordingId !== null)
      await this.#append(recordingStream(recordingId), restoredEvents(info.recording, numbers));
    if (recordingId !== null) await this.#claim(outputClaim(recordingId, past.video.outputNumber), videoId, own);
    await this.#claim(
      { category: CONTENT, key: await contentIdentity(join(this.root.path, found.file)) },
      videoId,
      own,
    );
    await this.#append(videoStream(videoId), restoredEvents(info.video, numbers));
    const { recordedAt } = past.video;
    const { numberOfDay } = info.episode;
    await this.episodes.keep({ ...numbers, recordedAt }, this.names.zone, numberOfDay);
    const position = await this.#correct(found, videoId, own);
    return { videoId, position };
  }

  /** As it lies there now: moved by hand perhaps, or cut. */
  async #correct(found: FoundFile, videoId: number, metadata: CommandMetadata): Promise<Position | undefined> {
    const { state, position } = await this.streams.find(videoId);
    const { now: at, actor: by } = metadata;
    const part = (name: string) => ({ ...metadata, commandId: deterministicId(metadata.commandId, name) });
    const to = { file: found.file, thumbnailFile: pictureOf(found.file) };
    const moved = await this.streams.handle({ type: 'FinishMove', videoId, at, by, to }, part('move'));
    if (state.place.kind !== 'library' || state.bytes === found.bytes) return moved.position ?? position;
    const { durationSeconds = state.durationSeconds } = await this.media.probe(join(this.root.path, found.file));
    const sized = { type: 'MeasureVideo', videoId, at, by, bytes: found.bytes, durationSeconds } as const;
    return (await this.streams.handle(sized, part('measure'))).position ?? position;
  }

  /** Its old one where no other thing has it here, else a new one; the same again in the next run. */
  async #number(
    kind: 'video' | 'recording',
    stream: StreamName,
    wanted: number,
    first: string,
    metadata: CommandMetadata,
  ) {
    const known = await this.#knownAs(stream, wanted, first);
    if (known !== undefined) return known;
    const isFree = (await this.store.headRevision(stream)) === undefined;
    const number = isFree ? wanted : await this.ids.next(kind, metadata);
    await this.#claim({ category: RESTORED, key: first }, number, metadata);
    return number;
  }

  /** Undefined where this log has never had it. */
  async #knownAs(stream: StreamName, wanted: number, first: string): Promise<number | undefined> {
    const before = await this.claims.owner(RESTORED, first);
    if (before) return before.owner;
    for await (const { id } of this.store.readStream(stream, { limit: 1 })) if (id === first) return wanted;
    return undefined;
  }

  async #append(stream: StreamName, events: NonEmptyArray<NewEvent>): Promise<void> {
    try {
      await this.store.append(stream, events, 'no_stream');
    } catch (error) {
      // An earlier run did, and more has happened since.
      if (!(error instanceof WrongExpectedRevision)) throw error;
      for await (const { id } of this.store.readStream(stream, { limit: 1 })) if (id === events[0].id) return;
      throw error;
    }
  }

  async #claim(
    name: { readonly category: string; readonly key: string | number },
    owner: number,
    metadata: CommandMetadata,
  ) {
    await this.claims.claim({ ...name, owner, metadata, isHeld: () => Promise.resolve(true) });
  }

  /** By the address of the channel, else by its name; added where neither is known. In words where that cannot be. */
  async #streamer(
    { streamer }: InfoFile,
    { streamers, isDryRun, metadata }: RestoreChoice,
  ): Promise<number | null | string> {
    const { url, name } = streamer;
    const byUrl = url === null ? null : await this.queries.execute(new FindStreamerByUrl(url));
    const known = byUrl ?? streamers.find((each) => each.name === name)?.id;
    if (known !== undefined) return known;
    if (url === null)
      return `There is no streamer called ${name}, and its info file does not say where the channel is. Add the streamer first.`;
    if (isDryRun) return null;
    try {
      const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'streamer', url) };
      // Bringing a library back must not begin to record.
      const added = await this.commands.execute(
        new AddStreamer({ url, name: name.slice(0, 100), autoRecord: false }, own),
      );
      return added.streamerId;
    } catch (error) {
      // The list that was asked above lags a little.
      if (error instanceof StreamerAlreadyAdded) return Number(error.details?.['streamerId']);
      if (!(error instanceof DomainError)) throw error;
      return `Its streamer ${name} could not be added: ${error.message}`;
    }
  }
}

const firstIdOf = ({ events }: { readonly events: readonly { readonly id: string }[] }): string => events[0]?.id ?? '';
