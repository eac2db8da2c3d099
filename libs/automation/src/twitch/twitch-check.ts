import { messageOf } from '@streamvault/failures';
import type { TwitchCheck } from '@streamvault/api-contract';
import type { EventSubLink } from '../eventsub/eventsub-link.js';
import type { TwitchConnection } from './twitch-connection.js';

type Step = TwitchCheck['steps'][number];
type Name = Step['name'];

const titles: Readonly<Record<Name, string>> = {
  credentials: 'Client id and secret are set',
  token: 'Twitch gives out a token for them',
  helix: 'Twitch answers questions',
  transport: 'There is a transport for notices',
  subscriptions: 'All channels are subscribed to',
  notice: 'The transport for notices is open',
};

class StepFailed extends Error {
  constructor(
    message: string,
    readonly next: string | null,
  ) {
    super(message);
  }
}

const application =
  'Open dev.twitch.tv/console, choose your application (or register one: any name, redirect URL http://localhost, category Other), and copy its client id and a new secret.';

/** Runs the set-up as a person would, and at the first fault says what to do about it. */
export async function checkTwitch(
  { settings, signedIn }: TwitchConnection,
  link: EventSubLink | undefined,
  signal: AbortSignal,
): Promise<TwitchCheck> {
  const work: readonly (readonly [Name, () => Promise<string> | string])[] = [
    [
      'credentials',
      () => {
        if (signedIn) return `Client id ${signedIn.clientId.slice(0, 4)}…`;
        const missing = (['TWITCH_CLIENT_ID', 'TWITCH_CLIENT_SECRET'] as const).filter(
          (name) => settings[name] === undefined,
        );
        throw new StepFailed(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set.`, application);
      },
    ],
    [
      'token',
      async () => {
        await signedIn?.appToken.get(signal);
        return `Good until ${signedIn?.appToken.expiresAt ?? 'Twitch says otherwise'}`;
      },
    ],
    [
      'helix',
      async () => {
        await signedIn?.api.users(['twitch'], signal);
        return `${signedIn?.helix.gate.remaining ?? 'Unknown'} of this minute's points are left`;
      },
    ],
    [
      'transport',
      async () => {
        if (!link)
          throw new StepFailed('This process does not watch Twitch.', 'Ask a process with the role scheduler.');
        await link.reconcile();
        const { transport, conduitId, problem } = link.status();
        if (problem !== null) throw new StepFailed(problem, null);
        return transport === 'webhook' ? 'Twitch sends notices to PUBLIC_URL/eventsub' : `Conduit ${conduitId ?? ''}`;
      },
    ],
    [
      'subscriptions',
      () => {
        const { wanted = 0, there = 0 } = link?.status() ?? {};
        if (there < wanted)
          throw new StepFailed(
            `${there} of ${wanted} subscriptions exist.`,
            'Wait a minute: the rest is being made. If they stay missing, the webhook cannot be reached from outside.',
          );
        return `${there} of ${wanted}`;
      },
    ],
    [
      'notice',
      () => {
        const status = link?.status();
        const open = status?.shards.filter(({ sessionId }) => sessionId !== null).length ?? 0;
        if (status?.transport === 'conduit' && open === 0)
          throw new StepFailed(
            'No connection of the conduit is open yet.',
            'Wait some seconds, then check again. A firewall may block wss://eventsub.wss.twitch.tv.',
          );
        return status?.transport === 'webhook' ? 'Twitch has verified the address' : `${open} connections are open`;
      },
    ],
  ];
  const steps: Step[] = [];
  let hasFailed = false;
  for (const [name, run] of work) {
    const step: Step = hasFailed ? skipped(name) : await tried(name, run, signal);
    hasFailed ||= step.state === 'failed';
    steps.push(step);
  }
  return { steps };
}

const skipped = (name: Name): Step => ({
  name,
  title: titles[name],
  state: 'skipped',
  detail: 'Correct the step above first.',
  next: null,
});

async function tried(name: Name, run: () => Promise<string> | string, signal: AbortSignal): Promise<Step> {
  try {
    return { name, title: titles[name], state: 'ok', detail: await run(), next: null };
  } catch (error) {
    signal.throwIfAborted();
    const detail = messageOf(error);
    const next = error instanceof StepFailed ? error.next : name === 'token' ? application : null;
    return { name, title: titles[name], state: 'failed', detail, next };
  }
}
