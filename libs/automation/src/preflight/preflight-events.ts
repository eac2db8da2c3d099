import { preflightFacts } from '@streamvault/api-contract';
import { defineEvent, type EventOf } from '@streamvault/kernel';

/**
 * The result of checking everything that the next recordings need. Stream: `preflight-all`, of which the last days are
 * kept.
 */
export const preflightChecked = defineEvent({ type: 'PreflightChecked', version: 1, schema: preflightFacts });
export type PreflightChecked = EventOf<typeof preflightChecked>;

export const preflightCategory = 'preflight';
export const preflightStream = 'preflight-all';
