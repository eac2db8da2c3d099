import type { PreflightFacts, PreflightProblem } from '@streamvault/api-contract';
import type { TwitchConnection } from '../twitch/twitch-connection.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { of } from './findings.js';

type Credentials = PreflightFacts['credentials'];

/** Whether Twitch accepts the credentials, and until when. */
export async function checkCredentials(
  { signedIn }: Pick<TwitchConnection, 'signedIn'>,
  watchesTwitch: boolean,
  signal: AbortSignal,
): Promise<{ readonly credentials: Credentials; readonly problems: PreflightProblem[] }> {
  if (!signedIn) return { credentials: [], problems: watchesTwitch ? [notSetUp] : [] };
  const credentials: Credentials = [];
  const problems: PreflightProblem[] = [];
  try {
    await signedIn.appToken.get(signal);
    credentials.push({ name: 'app-token', validUntil: signedIn.appToken.expiresAt ?? null });
    const user = await signedIn.userToken.validate(signal);
    if (user) credentials.push({ name: 'sign-in', validUntil: user.expiresAt });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TwitchFailure)) throw error;
    const { code, message, problem } = error;
    const isRefused = problem === 'credentials';
    problems.push(
      of(null, {
        code,
        level: isRefused ? 'fail' : 'warn',
        subject: 'credentials',
        message,
        next: isRefused ? 'Set the client id and secret of your application, and restart StreamVault.' : null,
      }),
    );
  }
  return { credentials, problems };
}

const notSetUp = of(null, {
  code: 'twitch.not-set-up',
  level: 'warn',
  subject: 'credentials',
  message:
    'Without credentials StreamVault asks Twitch once a minute who is live: up to a minute of each beginning is missed.',
  next: 'Set TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET to be notified at once.',
});
