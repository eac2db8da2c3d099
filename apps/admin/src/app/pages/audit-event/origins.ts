import type { EventOrigin } from '@streamvault/api-contract';
import { inWords } from '../../ui/states';

const beginnings: Readonly<Record<string, string>> = {
  api: 'Somebody sent a request to the API or pressed a button here.',
  recorder: 'The recorder saw something happen.',
  scheduler: 'The schedule said it was time.',
  webhook: 'Another service sent a message.',
  eventsub: 'The platform sent a message.',
  deadline: 'A deadline passed.',
};

/** What began it all, in words. */
export const tellOrigin = ({ actor }: Pick<EventOrigin, 'actor'>): string =>
  (Object.hasOwn(beginnings, actor) ? beginnings[actor] : undefined) ?? `${inWords(actor)} began it.`;
