import type { HttpClient } from './http-client.js';

/** What a capture asks of the web. */
export type Http = Pick<HttpClient, 'getText' | 'getBody'>;
