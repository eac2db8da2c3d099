import { describe, expect, it } from '@jest/globals';
import type { TwitchSubscription } from '../twitch/twitch-api.js';
import { planSubscriptions, wantedFor } from './wanted-subscriptions.js';

const there = (index: number, more: Partial<TwitchSubscription> = {}): TwitchSubscription => {
  const wanted = wantedFor('1')[index];
  if (!wanted) throw new Error('There is no such subscription.');
  return { id: `s${index}`, status: 'enabled', transport: { method: 'conduit' }, ...wanted, ...more };
};

describe('subscriptions wanted against those there', () => {
  it('are made where they are missing', () => {
    expect(planSubscriptions(wantedFor('1'), [])).toEqual({ make: wantedFor('1'), remove: [], there: 0 });
  });

  it('are left alone if all is well, also if Twitch lists empty fields of a condition', () => {
    const all = [0, 1, 2].map((index) => there(index));
    const raid = there(3, { condition: { from_broadcaster_user_id: '1', to_broadcaster_user_id: '' } });
    expect(planSubscriptions(wantedFor('1'), [...all, raid])).toEqual({ make: [], remove: [], there: 4 });
  });

  it.each(['authorization_revoked', 'notification_failures_exceeded', 'conduit_deleted', 'a_status_of_next_year'])(
    'are made again if they are %s',
    (status) => {
      const { make, remove } = planSubscriptions(wantedFor('1'), [there(0, { status }), there(1), there(2), there(3)]);
      expect(make).toEqual(wantedFor('1').slice(0, 1));
      expect(remove).toEqual(['s0']);
    },
  );

  it('are waited for during the challenge', () => {
    const pending = there(0, { status: 'webhook_callback_verification_pending' });
    expect(planSubscriptions(wantedFor('1').slice(0, 1), [pending])).toEqual({ make: [], remove: [], there: 0 });
  });

  it('are removed if they are not wanted, or exist twice', () => {
    expect(planSubscriptions([], [there(0)]).remove).toEqual(['s0']);
    expect(planSubscriptions(wantedFor('1'), [there(0), there(0, { id: 'twice' })]).remove).toEqual(['twice']);
  });
});
