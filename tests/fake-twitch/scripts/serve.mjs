// A Twitch of one's own from the command line, for whoever develops without an account:
//   npm run fake-twitch -- --port 9100
// It prints the settings for a server, and then takes a command a line: `live <name> [title]`, `offline <name>`,
// `title <name> <title>`, `raid <name> <to>`, `drop` (all connections break), `help`.
import { registerHooks } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

// The sources name each other as compiled files do; Node runs them as they are.
registerHooks({
  resolve(specifier, context, next) {
    const own =
      specifier.startsWith('.') &&
      specifier.endsWith('.js') &&
      /\/(fake-twitch|live-origin)\//.test(context.parentURL ?? '');
    return next(own ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
const { FakeTwitch } = await import('../fake-twitch.ts');
const { LiveOrigin, SMALL, SMALLER } = await import('../../live-origin/live-origin.ts');

const { values } = parseArgs({ options: { port: { type: 'string', default: '9100' } } });
const twitch = await FakeTwitch.start(Number(values.port));
const origins = new Map();

const commands = {
  async live(login, ...title) {
    origins.get(login)?.close();
    const origin = await LiveOrigin.start({ pace: 1, window: 10, segmentSeconds: 2, profiles: [SMALL, SMALLER] });
    origins.set(login, origin);
    const told = await twitch.goLive(login, {
      origin,
      title: title.join(' ') || `${login} is live`,
      category: 'Just Chatting',
    });
    return `${login} is live; ${told} subscriptions were told`;
  },
  async offline(login) {
    origins.get(login)?.end();
    return `${login} is offline; ${await twitch.goOffline(login)} subscriptions were told`;
  },
  async title(login, ...title) {
    return `${await twitch.update(login, { title: title.join(' ') })} subscriptions were told`;
  },
  async raid(login, to) {
    return `${await twitch.raid(login, to)} subscriptions were told`;
  },
  async drop() {
    twitch.eventSub.dropSessions();
    return 'The connections are broken';
  },
  async help() {
    return 'live <name> [title] | offline <name> | title <name> <title> | raid <name> <to> | drop';
  },
};

for (const login of ['alpha', 'beta', 'gamma']) twitch.channels.set(login, { title: `${login} was here` });
console.log('Channels: alpha, beta, gamma. Start a server with these settings:\n');
for (const [name, value] of Object.entries(twitch.signedInSettings)) console.log(`${name}=${value}`);
console.log(`\n${await commands.help()}`);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [name, ...rest] = line.trim().split(/\s+/);
  const command = commands[name] ?? commands.help;
  command(...rest).then(console.log, (error) => console.log(error.message));
});
const close = async () => {
  lines.close();
  for (const origin of origins.values()) await origin.close();
  await twitch.close();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close());
