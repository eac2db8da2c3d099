import type { TwitchSubscription, WantedSubscription } from '../twitch/twitch-api.js';

/** The subscriptions for every watched Twitch channel. */
export const wantedFor = (userId: string): readonly WantedSubscription[] => [
  { type: 'stream.online', version: '1', condition: { broadcaster_user_id: userId } },
  { type: 'stream.offline', version: '1', condition: { broadcaster_user_id: userId } },
  { type: 'channel.update', version: '2', condition: { broadcaster_user_id: userId } },
  { type: 'channel.raid', version: '1', condition: { from_broadcaster_user_id: userId } },
];

/** Twitch lists each condition with every possible field; the empty ones mean nothing. */
function keyOf({ type, version, condition }: WantedSubscription | TwitchSubscription): string {
  const fields = Object.entries(condition).filter(([, value]) => typeof value === 'string' && value !== '');
  return JSON.stringify([type, version, fields.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

export interface SubscriptionPlan {
  readonly make: readonly WantedSubscription[];
  /** Ids of subscriptions that are broken or no longer wanted. */
  readonly remove: readonly string[];
  readonly there: number;
}

/** During the challenge it is neither active nor broken. */
const pending = 'webhook_callback_verification_pending';

/** Compares wanted and existing subscriptions. Any that is not enabled is made again. Pure. */
export function planSubscriptions(
  wanted: readonly WantedSubscription[],
  there: readonly TwitchSubscription[],
): SubscriptionPlan {
  const missing = new Map(wanted.map((one) => [keyOf(one), one]));
  const remove: string[] = [];
  let enabled = 0;
  for (const subscription of there) {
    const key = keyOf(subscription);
    const isGood = subscription.status === 'enabled' || subscription.status === pending;
    if (isGood && missing.delete(key)) enabled += subscription.status === 'enabled' ? 1 : 0;
    else remove.push(subscription.id);
  }
  return { make: [...missing.values()], remove, there: enabled };
}
