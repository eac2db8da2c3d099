import type { CredentialName } from '@streamvault/api-contract';
import type { Notice } from '../domain/notice.js';

/** A notice on its way to one target. */
export interface OutgoingNotice extends Notice {
  /** The same for all attempts. */
  readonly id: string;
  /** A test from the console: nothing happened. */
  readonly isTest: boolean;
}

/** One HTTP request, always a POST. */
export interface TargetRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export type Credentials = { readonly [Name in CredentialName]?: string | undefined };

export const jsonHeaders = { 'content-type': 'application/json' } as const;
