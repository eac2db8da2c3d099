import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome } from '@streamvault/kernel';
import { TwitchConnection } from './twitch/twitch-connection.js';
import { TwitchFailure } from './twitch/twitch-errors.js';
import { TwitchWatch } from './watch/twitch-watch.js';

/** Twitch requires every session to be validated once an hour. */
@Injectable()
export class ValidateTwitchToken implements Job {
  readonly name = 'validate-twitch-token';
  readonly title = 'Asks Twitch whether the sign-in is still valid';
  readonly schedule = { kind: 'every', seconds: 3600 } as const;
  readonly deadlineSeconds = 120;

  constructor(private readonly connection: TwitchConnection) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const { signedIn } = this.connection;
    if (!signedIn) return { summary: 'There are no credentials of Twitch.' };
    try {
      const user = await signedIn.userToken.validate(signal);
      return { summary: user ? `${user.login} is signed in at Twitch.` : 'Nobody is signed in at Twitch.' };
    } catch (error) {
      if (error instanceof TwitchFailure && error.problem === 'signed-out')
        return { summary: 'Nobody is signed in at Twitch.' };
      throw error;
    }
  }
}

/** Compares all subscriptions, whatever the check of each minute has found. */
@Injectable()
export class ReconcileTwitch implements Job {
  readonly name = 'reconcile-twitch';
  readonly title = 'Compares the subscriptions at Twitch with those that are wanted';
  readonly schedule = { kind: 'every', seconds: 6 * 3600 } as const;
  readonly deadlineSeconds = 900;

  constructor(private readonly watch: TwitchWatch) {}

  async run(): Promise<JobOutcome> {
    const { link } = this.watch;
    if (!link)
      return {
        summary:
          'Twitch sends no notices to this process: there are no credentials, or another process has the connection.',
      };
    link.distrust();
    await link.reconcile();
    const { wanted, there, problem } = link.status();
    if (problem !== null) throw new Error(problem);
    return { summary: `${there} of ${wanted} subscriptions exist.`, figures: { wanted, there } };
  }
}
