import { DomainError } from '@streamvault/kernel';
import { openInside, planResponse, type Refusal } from '@streamvault/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problem.js';
import { withoutSecrets } from './signed-addresses.js';

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
  const { status, headers, range } = planResponse({
    method: request.method,
    headers: request.headers,
    file: { size, mtime, etag, contentType: answer.type },
    cacheControl: answer.cache,
  });
  void reply.status(status).headers(headers);
  if (range === undefined) await handle.close();
  if (status === 412 || status === 416) {
    void reply.header('Content-Type', 'application/problem+json');
    void reply.send(problem(status, codes[status], details[status], withoutSecrets(request.url)));
    return;
  }
  if (answer.saveAs !== undefined) void reply.header('Content-Disposition', attachment(answer.saveAs));
  if (range === undefined) return void reply.send();
  const stream = handle.createReadStream(range);
  // The file was cut short meanwhile: the receiver was promised more, and would wait for it.
  stream.once('end', () => {
    if (stream.bytesRead < range.end - range.start + 1) reply.raw.destroy();
  });
  void reply.send(stream);
}

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
