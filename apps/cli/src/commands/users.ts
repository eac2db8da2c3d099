import { AccessDesk } from '@streamvault/access';
import { role as roleSchema, type Role } from '@streamvault/api-contract';
import { contexts } from '@streamvault/contexts';
import { Command } from 'commander';
import { UsageFailure } from '../cli-failure.js';
import { command, type CommandContext } from '../command-context.js';
import { withTarget } from '../open-logs.js';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Works on the log itself: a user who may write it needs no password. Only one program can use the embedded log at a
 * time.
 */
export const atTheDesk = <Result>(
  { settings }: CommandContext,
  work: (desk: AccessDesk) => Promise<Result>,
): Promise<Result> =>
  withTarget(settings.eventStoreUrl, async (store) => {
    const { accessRecordsUrl: recordsUrl } = settings;
    const desk = await AccessDesk.open({ store, contexts, registry: contexts.registry(), recordsUrl, logger: silent });
    try {
      return await work(desk);
    } finally {
      await desk.close();
    }
  });

function roleOf(text: string): Role {
  const { data } = roleSchema.safeParse(text);
  if (!data) throw new UsageFailure(`A role is one of ${roleSchema.options.join(', ')}.`);
  return data;
}

const list = command(new Command('list').description('show the accounts'), (context) =>
  atTheDesk(context, async (desk) => {
    const items = await desk.users();
    const lines = items.map(({ name, role, disabled, lastSeenAt }) =>
      [name, role, disabled ? 'disabled' : 'active', lastSeenAt ?? 'never seen'].join('  '),
    );
    return { json: { ok: true, items }, lines: lines.length === 0 ? ['There is no account yet.'] : lines };
  }),
);

const add = command(
  new Command('add')
    .description('create an account; its password is generated and shown once')
    .argument('<name>')
    .option('--role <role>', roleSchema.options.join(', '), 'viewer'),
  (context, [name = ''], { role = 'viewer' }) =>
    atTheDesk(context, async (desk) => {
      const { password } = await desk.add(name, roleOf(role));
      return { json: { ok: true, name, role, password }, lines: [`${name} signs in with: ${password}`] };
    }),
);

const reset = command(
  new Command('reset')
    .description('give an account a new password, shown once; it is enabled, and signed out everywhere')
    .argument('<name>'),
  (context, [name = '']) =>
    atTheDesk(context, async (desk) => {
      const { password } = await desk.reset(name);
      return { json: { ok: true, name, password }, lines: [`${name} signs in with: ${password}`] };
    }),
);

const role = command(
  new Command('role').description('give an account another role').argument('<name>').argument('<role>'),
  (context, [name = '', wanted = '']) =>
    atTheDesk(context, async (desk) => {
      await desk.setRole(name, roleOf(wanted));
      return { json: { ok: true, name, role: wanted }, lines: [`${name} is ${wanted} now.`] };
    }),
);

const forget = command(
  new Command('forget')
    .description('erase from which addresses an account signed in; they go by themselves after 30 days')
    .argument('<name>'),
  (context, [name = '']) =>
    atTheDesk(context, async (desk) => {
      const erased = await desk.eraseAddresses(name);
      const said = erased === 1 ? '1 address was' : `${erased} addresses were`;
      return { json: { ok: true, name, erased }, lines: [`${said} erased.`] };
    }),
);

/** To be registered among the commands. */
export const users = new Command('users')
  .description('manage accounts, even if nobody can sign in any more; stop the server first')
  .addCommand(list)
  .addCommand(add)
  .addCommand(reset)
  .addCommand(role)
  .addCommand(forget);
