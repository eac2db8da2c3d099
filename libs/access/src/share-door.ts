import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { OpenedShare } from '@streamvault/api-contract';
import { type CommandMetadata, DomainError } from '@streamvault/kernel';
import { GetVideo } from '@streamvault/library';
import { GetRecording } from '@streamvault/recording';
import { ShareNotFound, type ShareItem, type ShareLink } from './domain/share-decider.js';
import { LinkSigner, type SignedBy } from './records/link-signer.js';
import { Passwords } from './records/passwords.js';
import { SecretsOfKeys } from './records/secrets-of-keys.js';
import { type Try, Tries } from './records/tries.js';
import { ShareBook } from './share-book.js';

export class SharePasswordNeeded extends DomainError {
  readonly code = 'share.password-needed';
  readonly kind = 'unauthenticated';
  constructor() {
    super('This link has a password. Ask the person who sent you the link.');
  }
}

export class SharePasswordWrong extends DomainError {
  readonly code = 'share.password-wrong';
  readonly kind = 'unauthenticated';
  constructor() {
    super('That is not the password of this link.');
  }
}

const signedMilliseconds = 24 * 3600 * 1000;
const takingStates: readonly string[] = ['requested', 'starting', 'capturing', 'reconnecting'];

/** The input of a person who follows a link. */
export interface Follower {
  readonly token: string;
  readonly password: string | undefined;
  readonly address: string;
}

/** Opens share links: the one place that checks the password and signs addresses. */
@Injectable()
export class ShareDoor {
  constructor(
    private readonly book: ShareBook,
    private readonly secrets: SecretsOfKeys,
    private readonly passwords: Passwords,
    private readonly tries: Tries,
    private readonly signer: LinkSigner,
    private readonly queries: QueryBus,
  ) {}

  /** @throws ShareNotFound, SharePasswordNeeded, SharePasswordWrong, TooManyTries, TooManyAtOnce */
  async open(follower: Follower, metadata: CommandMetadata): Promise<OpenedShare> {
    const share = await this.book.byToken(follower.token);
    if (!share) throw new ShareNotFound();
    if (share.hasPassword) await this.#requirePassword(share, follower, Date.parse(metadata.now));
    await this.book.noteOpening(share, metadata);
    const expires = Math.min(
      Date.parse(metadata.now) + signedMilliseconds,
      share.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(share.expiresAt),
    );
    return this.#describe(share, expires);
  }

  /**
   * The address of one item for a player, on behalf of a session.
   * @throws VideoNotFound, RecordingNotFound
   */
  async linkFor(item: ShareItem, sessionId: string, now: number): Promise<{ path: string; expiresAt: string }> {
    const expires = now + signedMilliseconds;
    const by = { kind: 'session', id: sessionId } as const;
    const { fileUrl, playlistUrl } = (await this.#look(item, by, expires)).addresses;
    return { path: fileUrl ?? playlistUrl ?? '/', expiresAt: new Date(expires).toISOString() };
  }

  async #requirePassword({ id }: ShareLink, { password, address }: Follower, now: number): Promise<void> {
    if (password === undefined) throw new SharePasswordNeeded();
    const attempt: Try = { name: `share ${id}`, address, device: undefined };
    await this.tries.require(attempt, now);
    const hashed = await this.secrets.passwordHash(id);
    if (hashed !== null && (await this.passwords.verify(hashed, password))) return this.tries.succeeded(attempt);
    await this.tries.failed(attempt, now);
    throw new SharePasswordWrong();
  }

  async #describe({ id, item, download, expiresAt }: ShareLink, expires: number): Promise<OpenedShare> {
    const { facts, addresses } = await this.#look(item, { kind: 'share', id }, expires);
    const { downloadUrl, ...watching } = addresses;
    return {
      ...facts,
      ...watching,
      downloadUrl: download ? downloadUrl : null,
      expiresAt,
      signedUntil: new Date(expires).toISOString(),
    };
  }

  /** A recording that became a video is that video from then on. */
  async #look(item: ShareItem, by: SignedBy, expires: number) {
    if (item.kind === 'video') return this.#video(item.id, by, expires);
    const recording = await this.queries.execute(new GetRecording(item.id));
    const { videoId, title, streamerName, category, startedAt, state } = recording;
    if (videoId !== null) return this.#video(videoId, by, expires);
    const query = await this.signer.sign(item, by, Math.floor(expires / 1000));
    return {
      facts: {
        title: title ?? `Broadcast of ${streamerName}`,
        streamerName,
        category,
        recordedAt: startedAt,
        durationSeconds: null,
        isLive: takingStates.includes(state),
        chapters: [],
      },
      addresses: {
        fileUrl: null,
        playlistUrl: `/api/recordings/${item.id}/playlist.m3u8?${query}`,
        thumbnailUrl: null,
        downloadUrl: null,
      },
    };
  }

  async #video(id: number, by: SignedBy, expires: number) {
    const video = await this.queries.execute(new GetVideo(id));
    const { title, streamerName, category, recordedAt, durationSeconds, chapters } = video;
    const query = await this.signer.sign({ kind: 'video', id }, by, Math.floor(expires / 1000));
    const address = (file: string) => `/api/videos/${id}/${file}?${query}`;
    return {
      facts: { title, streamerName, category, recordedAt, durationSeconds, isLive: false, chapters },
      addresses: {
        fileUrl: address('stream'),
        playlistUrl: null,
        thumbnailUrl: address('thumbnail'),
        downloadUrl: address('download'),
      },
    };
  }
}
