import type { EventOrigin } from '@streamvault/api-contract';
import { inWords } from '../../ui/states';

const beginnings: Readonly<Record<string, string>> = {
  api: 'Somebody sent a request to the API or pressed a button here.',
  recorder: 'The recorder noticed something.',
  scheduler: 'It was due by its schedule.',
  webhook: 'Another service sent a message.',
  eventsub: 'The platform sent a message.',
  automation: 'The streamer went live, or went offline.',
  deadline: 'A deadline passed.',
};

/** The first cause, in words. */
export function tellOrigin({ actor }: Pick<EventOrigin, 'actor'>): string {
  // A signed-in user, or a program with a key.
  const kind = /^(user|key):/.test(actor) ? 'api' : actor;
  return (Object.hasOwn(beginnings, kind) ? beginnings[kind] : undefined) ?? `${inWords(actor)} began it.`;
}
