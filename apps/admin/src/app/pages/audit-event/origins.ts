import type { EventOrigin } from '@streamvault/api-contract';
import { inWords } from '../../ui/states';

const beginnings: Readonly<Record<string, string>> = {
  api: 'Somebody sent a request to the API or pressed a button here.',
  recorder: 'The recorder saw something happen.',
  scheduler: 'The schedule said it was time.',
  webhook: 'Another service sent a message.',
  eventsub: 'The platform sent a message.',
  automation: 'The streamer was seen to go live, or to end.',
  deadline: 'A deadline passed.',
};

/** What began it all, in words. */
export function tellOrigin({ actor }: Pick<EventOrigin, 'actor'>): string {
  // Somebody who is signed in, or a program with a key.
  const kind = /^(user|key):/.test(actor) ? 'api' : actor;
  return (Object.hasOwn(beginnings, kind) ? beginnings[kind] : undefined) ?? `${inWords(actor)} began it.`;
}
