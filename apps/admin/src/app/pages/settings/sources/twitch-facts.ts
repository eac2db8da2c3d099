import type { TwitchStatus } from '@streamvault/api-contract';

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isWrong?: boolean;
}
interface Words {
  readonly when: (instant: string) => string;
  readonly count: (count: number) => string;
}

/** How Twitch is watched, fact by fact. */
export function twitchFacts(status: TwitchStatus, { when, count }: Words): Fact[] {
  const { mode, credentials, appToken, watch, helix, eventSub } = status;
  const set = (is: boolean): string => (is ? 'Set' : 'Not set');
  const open = eventSub?.shards.filter(({ sessionId }) => sessionId !== null).length ?? 0;
  return [
    { name: 'Way', value: mode === 'helix' ? 'Twitch’s API, with notices' : 'Twitch’s public interface, by polling' },
    { name: 'Client id', value: set(credentials.clientId), isWrong: !credentials.clientId },
    { name: 'Client secret', value: set(credentials.clientSecret), isWrong: !credentials.clientSecret },
    ...(mode === 'helix'
      ? [{ name: 'App token', value: appToken ? `good until ${when(appToken.expiresAt)}` : 'none yet' }]
      : []),
    { name: 'Channels watched', value: count(watch.channels) },
    { name: 'Last asked', value: watch.lookedAt === null ? 'not yet' : when(watch.lookedAt) },
    ...(helix?.remaining == null ? [] : [{ name: 'Requests left this minute', value: count(helix.remaining) }]),
    ...(eventSub
      ? [
          {
            name: 'Notices come by',
            value: eventSub.transport === 'webhook' ? 'webhook' : 'conduit (no public address)',
          },
          {
            name: 'Subscriptions',
            value: `${count(eventSub.there)} of ${count(eventSub.wanted)} wanted`,
            isWrong: eventSub.there < eventSub.wanted,
          },
          ...(eventSub.transport === 'conduit'
            ? [
                {
                  name: 'Connections open',
                  value: `${count(open)} of ${count(eventSub.shards.length)}`,
                  isWrong: open < eventSub.shards.length,
                },
              ]
            : []),
          { name: 'Last compared', value: eventSub.checkedAt === null ? 'not yet' : when(eventSub.checkedAt) },
        ]
      : []),
  ];
}
