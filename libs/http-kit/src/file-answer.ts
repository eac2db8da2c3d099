import { DomainError } from '@streamvault/kernel';
import { type BorrowedFile, openInside, planResponse, type Refusal, type ResponsePlan } from '@streamvault/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { problem } from './problem.js';
import { withoutSecrets } from './signed-addresses.js';
import { sendRange } from './serving/send-range.js';

/** There is no file that could be sent, whatever the file system reported. */
export class FileNotThere extends DomainError {
  readonly code = 'file.not-there';
  readonly kind = 'not-found';
  constructor(reason: Refusal) {
    super(sentences[reason], { reason });
  }
}

const sentences: Readonly<Record<Refusal, string>> = {
  missing: 'The file is not there (any more).',
  outside: 'The file is not inside the library.',
  'not-a-file': 'There is something else in place of the file.',
  empty: 'The file is empty.',
  unreadable: 'The file exists but cannot be read. Check its permissions and the disk.',
};

export interface FileAnswer {
  /** The file has to be inside this folder, also after following links. */
  readonly root: string;
  readonly file: string;
  readonly type: string;
  readonly cache: string;
  /** Offers the file for saving under this name. */
  readonly saveAs?: string;
  /** Called for each answer. */
  readonly whenSent?: () => void;
}

/**
 * Sends a file or a range of it (RFC 9110, sections 13 and 14).
 *
 * @throws FileNotThere
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, answer: FileAnswer): Promise<void> {
  const opened = await openInside(answer.root, answer.file);
  if (!opened.ok) throw new FileNotThere(opened.reason);
  const { handle, size, mtime, etag } = opened;
  // It was opened for reading only: nothing can be lost by a failed close.
  const release = () => void handle.close().catch(() => undefined);
  const plan = planAnswer(request.raw, { size, mtime, etag }, answer);
  const { status, range } = plan;
  if (status === 412 || status === 416) {
    release();
    void reply.status(status).headers(plan.headers).header('Content-Type', 'application/problem+json');
    void reply.send(problem(status, codes[status], details[status], withoutSecrets(request.url)));
    return;
  }
  void reply.headers(headersOf(plan, answer));
  answer.whenSent?.();
  if (range === undefined) {
    release();
    void reply.status(status).send();
    return;
  }
  const { raw } = reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.statusCode = status;
  sendRange(raw, { ok: true, size, mtime, etag, content: undefined, fd: handle.fd, release }, range);
}

/** How a request for this state of the file is to be answered. */
export const planAnswer = (
  { method = 'GET', headers }: IncomingMessage,
  { size, mtime, etag }: Pick<BorrowedFile, 'size' | 'mtime' | 'etag'>,
  { type, cache }: FileAnswer,
): ResponsePlan =>
  planResponse({ method, headers, file: { size, mtime, etag, contentType: type }, cacheControl: cache });

export const headersOf = ({ headers }: ResponsePlan, { saveAs }: FileAnswer): Readonly<Record<string, string>> =>
  saveAs === undefined ? headers : { ...headers, 'content-disposition': attachment(saveAs) };

const codes = { 412: 'request.precondition-failed', 416: 'range.not-satisfiable' } as const;
const details = {
  412: 'The file is no longer the one that the request refers to.',
  416: 'The file ends before the range begins. Content-Range says how long it is.',
} as const;

/** RFC 6266: the exact name for clients that know UTF-8, and a plain one for others. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** @throws FileNotThere if {@link sendFile} would */
export async function requireFile({ root, file }: Pick<FileAnswer, 'root' | 'file'>): Promise<void> {
  const opened = await openInside(root, file);
  if (!opened.ok) throw new FileNotThere(opened.reason);
  await opened.handle.close();
}
