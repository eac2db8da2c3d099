import { z } from 'zod';
import type { EventSubNotice } from './notice-events.js';

const text = z.string().max(500).nullish().catch(null);
/** Fields of the subscribed notices. Payloads gain fields without announcement: unknown ones are ignored. */
const payload = z.object({
  broadcaster_user_id: z.string().max(50).optional().catch(undefined),
  from_broadcaster_user_id: z.string().max(50).optional().catch(undefined),
  to_broadcaster_user_login: text,
  viewers: z.number().catch(0).optional(),
  id: text,
  started_at: text,
  type: text,
  title: text,
  category_name: text,
});

export type ReadNotice = Pick<
  EventSubNotice,
  'type' | 'broadcasterId' | 'streamId' | 'startedAt' | 'kind' | 'title' | 'category' | 'raid'
>;

/** Undefined if it contains nothing that is used here. */
export function readNotice(type: string, event: unknown): ReadNotice | undefined {
  const read = payload.safeParse(event).data;
  const broadcasterId = read?.broadcaster_user_id ?? read?.from_broadcaster_user_id;
  if (!read || broadcasterId === undefined) return undefined;
  const to = read.to_broadcaster_user_login;
  return {
    type,
    broadcasterId,
    streamId: read.id ?? null,
    startedAt: isInstant(read.started_at) ? read.started_at : null,
    kind: read.type ?? null,
    title: read.title ?? null,
    category: read.category_name ?? null,
    raid: typeof to === 'string' ? { to, viewers: read.viewers ?? 0 } : null,
  };
}

const isInstant = (value: string | null | undefined): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));
