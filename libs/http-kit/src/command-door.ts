import type { JsonValue, Position } from '@streamvault/event-store';
import {
  type CommandMetadata,
  Consistency,
  DomainError,
  IdempotentCommands,
  ProjectionRunner,
} from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { InvalidInput, problemOf } from './problem.js';
import { correlationIdOf, metadataOf } from './request-metadata.js';

export interface Done {
  readonly body: object | null;
  /** Where the write is in the log. */
  readonly position: Position | undefined;
}

/** How long an answer waits for the read model, so that a client sees its own write on the next read. */
const readYourWritesMilliseconds = 2000;

/** Every command of the API goes through here: idempotency keys, metadata, and reading one's own writes. */
export class CommandDoor {
  constructor(
    private readonly idempotency: IdempotentCommands,
    private readonly projections: ProjectionRunner,
    private readonly consistency: Consistency,
  ) {}

  /**
   * Runs a command once per `Idempotency-Key` (if there is one), waits for the read model that shows it, and sends the
   * answer. The read model is the one that its context declares for the category, unless `projection` names another. A
   * refusal is an answer too, and is repeated for the same key.
   */
  async run(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, projection }: { readonly status: number; readonly projection?: string | undefined },
    execute: (metadata: CommandMetadata) => Promise<Done>,
  ): Promise<void> {
    const once = async (commandId?: string) => {
      const { body, position } = await execute(metadataOf(request, commandId));
      await this.shown(position, projection);
      return { status, body: body as JsonValue };
    };
    const key = request.headers['idempotency-key'];
    const answer = key === undefined ? await once() : await this.#onlyOnce(String(key), request, once);
    const isProblem = answer.status >= 400;
    if (isProblem) void reply.header('Content-Type', 'application/problem+json');
    void reply.status(answer.status);
    void reply.send(answer.status === 204 ? undefined : answer.body);
  }

  /** Settles when the read model contains `position`, or when that takes too long. */
  async shown(position: Position | undefined, projection?: string): Promise<void> {
    if (position === undefined) return;
    const shownBy = projection ?? (await this.consistency.projectionFor(position));
    if (shownBy === undefined) return;
    await this.projections.waitFor(position, { timeoutMs: readYourWritesMilliseconds, projections: [shownBy] });
  }

  #onlyOnce(
    key: string,
    request: FastifyRequest,
    once: (commandId: string) => Promise<{ status: number; body: JsonValue }>,
  ) {
    if (key.length < 1 || key.length > 255)
      throw new InvalidInput([{ path: 'Idempotency-Key', message: 'Must have 1 to 255 characters.' }]);
    const { correlationId, causationId, actor, now } = metadataOf(request);
    const fingerprint = hash(
      'sha256',
      JSON.stringify([request.method, request.url, request.body ?? null], withoutSecrets),
    );
    return this.idempotency.run(
      { key, scope: actor, fingerprint, metadata: { correlationId, causationId, actor }, now },
      async (commandId) => {
        try {
          return await once(commandId);
        } catch (error) {
          // A temporary failure is not an answer to be repeated.
          if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
          const problem = problemOf(error, request.url, correlationIdOf(request));
          return { status: problem.status, body: problem as unknown as JsonValue };
        }
      },
    );
  }
}

/** What is kept of a request to recognize it: an easily guessed secret could be found from its hash. */
const withoutSecrets = (key: string, value: unknown): unknown => {
  if (/^(credentials|password|passphrase|secret|token)$/i.test(key)) return null;
  return typeof value === 'string' ? value.replace(/(\/\/)[^/@\s]*@|passphrase=[^&#\s]*/gi, '$1') : value;
};
