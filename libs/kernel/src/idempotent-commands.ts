import {
  type EventStore,
  type JsonValue,
  type Revision,
  type StreamName,
  WrongExpectedRevision,
} from '@streamvault/event-store';
import { hash } from 'node:crypto';
import type { CommandMetadata } from './command-metadata.js';
import { deterministicId } from './deterministic-id.js';
import { ConcurrencyConflict, DomainError } from './domain-error.js';
import type { EventOf } from './event-definition.js';
import { EventRegistry } from './event-registry.js';
import { type idempotencyKeyUsed, type idempotentAnswerKept, kernelEvents } from './kernel-events.js';

export interface Answer {
  readonly status: number;
  readonly body: JsonValue;
}

export interface IdempotentRequest {
  /** The client's `Idempotency-Key`. Hashed; never stored. */
  readonly key: string;
  /** Keys are separate for each scope: the route and the account. */
  readonly scope: string;
  /** Identifies the request: method, path and body. Hashed; never stored. */
  readonly fingerprint: string;
  readonly metadata: Pick<CommandMetadata, 'correlationId' | 'causationId' | 'actor'>;
  /** ISO 8601 UTC. */
  readonly now: string;
}

/** The key belongs to another request. */
export class IdempotencyKeyReused extends DomainError {
  readonly code = 'idempotency-key.reused';
  readonly kind = 'conflict';

  constructor() {
    super('This Idempotency-Key was used for another request within the last 24 hours. Use a new key.');
  }
}

/** An earlier use of a key that still counts. */
interface Use {
  readonly fingerprint: string;
  readonly commandId: string;
  /** Revision of the last event about it. */
  readonly revision: Revision;
  readonly answer: Answer | undefined;
}

type KeyEvent = EventOf<typeof idempotencyKeyUsed | typeof idempotentAnswerKept>;

const maxAgeSeconds = 24 * 60 * 60;
const attempts = 20;

/**
 * The same key and request get the first answer again, for 24 hours, across restarts. Before anything is done, the
 * key's use is recorded together with a command id. After a crash the command runs again with the same id, and the
 * command handling recognizes what was already done.
 */
export class IdempotentCommands {
  readonly #store: EventStore;
  readonly #registry = new EventRegistry(kernelEvents);
  readonly #running = new Map<string, { readonly fingerprint: string; readonly answer: Promise<Answer> }>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /**
   * Answers with 429 or from 500 on are not kept, so that the client can retry.
   * @throws IdempotencyKeyReused, and whatever `execute` throws (nothing is kept then)
   */
  async run(request: IdempotentRequest, execute: (commandId: string) => Promise<Answer>): Promise<Answer> {
    const stream: StreamName = `idempotency-${hash('sha256', JSON.stringify([request.scope, request.key]))}`;
    const fingerprint = hash('sha256', request.fingerprint);
    const running = this.#running.get(stream);
    if (running) {
      if (running.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
      return running.answer;
    }
    const answer = this.#run(stream, fingerprint, request, execute);
    this.#running.set(stream, { fingerprint, answer });
    try {
      return await answer;
    } finally {
      this.#running.delete(stream);
    }
  }

  async #run(
    stream: StreamName,
    fingerprint: string,
    request: IdempotentRequest,
    execute: (commandId: string) => Promise<Answer>,
  ): Promise<Answer> {
    const use = await this.#use(stream, fingerprint, request);
    if (use.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
    if (use.answer) return use.answer;
    const answer = await execute(use.commandId);
    if (answer.status === 429 || answer.status >= 500) return answer;
    const { status, body } = answer;
    const kept = { type: 'IdempotentAnswerKept', data: { status, body } } as const;
    const revision = await this.#append(stream, kept, use.commandId, request, use.revision);
    if (revision !== undefined) return answer;
    // Another process got the same request and was quicker: its answer is the first.
    const first = await this.#use(stream, fingerprint, request);
    return first.answer ?? answer;
  }

  /** The use of the key that counts: the recorded one, or else this one. */
  async #use(stream: StreamName, fingerprint: string, request: IdempotentRequest): Promise<Use> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { use, head } = await this.#read(stream, request.now);
      if (use) return use;
      const commandId = deterministicId(stream, request.now, head ?? 'no_stream');
      const used = { type: 'IdempotencyKeyUsed', data: { fingerprint, commandId, usedAt: request.now } } as const;
      const revision = await this.#append(stream, used, commandId, request, head);
      if (revision === undefined) continue;
      if (revision === 0n) await this.#store.setStreamMetadata(stream, { maxAge: maxAgeSeconds });
      return { fingerprint, commandId, revision, answer: undefined };
    }
    throw new ConcurrencyConflict();
  }

  async #read(stream: StreamName, now: string): Promise<{ use: Use | undefined; head: Revision | undefined }> {
    let use: Use | undefined;
    let head: Revision | undefined;
    for await (const recorded of this.#store.readStream(stream)) {
      const { type, data } = this.#registry.read<KeyEvent>(recorded);
      head = recorded.revision;
      if (type === 'IdempotencyKeyUsed') {
        const { fingerprint, commandId, usedAt } = data;
        const counts = Date.parse(now) - Date.parse(usedAt) < maxAgeSeconds * 1000;
        use = counts ? { fingerprint, commandId, revision: recorded.revision, answer: undefined } : undefined;
      } else if (use) {
        use = { ...use, revision: recorded.revision, answer: { status: data.status, body: data.body } };
      }
    }
    return { use, head: head ?? (await this.#store.headRevision(stream)) };
  }

  /** The new head; undefined if another append was first. */
  async #append(
    stream: StreamName,
    event: KeyEvent,
    commandId: string,
    request: IdempotentRequest,
    expected: Revision | undefined,
  ): Promise<Revision | undefined> {
    const metadata = { ...request.metadata, now: request.now, commandId };
    const id = deterministicId(commandId, stream, event.type);
    try {
      const { revision, alreadyAppended } = await this.#store.append(
        stream,
        [{ ...this.#registry.toNewEvent(event, metadata), id }],
        expected ?? 'no_stream',
      );
      // The same id, but perhaps another content: what is stored counts.
      return alreadyAppended ? undefined : revision;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      return undefined;
    }
  }
}
