import { Command } from 'commander';
import { command } from '../command-context.js';
import { atTheDesk } from './users.js';

const list = command(new Command('list').description('show the API keys, without their secrets'), (context) =>
  atTheDesk(context, async (desk) => {
    const items = await desk.keys();
    const lines = items.map(({ id, userId, name, scopes, expiresAt, lastUsedAt }) =>
      [id, `user ${userId}`, name, scopes.join(','), expiresAt ?? 'no end', lastUsedAt ?? 'never used'].join('  '),
    );
    return { json: { ok: true, items }, lines: lines.length === 0 ? ['There is no key yet.'] : lines };
  }),
);

const add = command(
  new Command('add')
    .description('make an API key for an account, within what its role may do; it is shown once')
    .argument('<user>')
    .argument('<name>')
    .requiredOption('--scopes <scopes>', 'permissions, comma-separated, such as recordings.view,videos.view'),
  (context, [user = '', name = ''], { scopes = '' }) =>
    atTheDesk(context, async (desk) => {
      const wanted = scopes.split(',').map((scope) => scope.trim());
      const key = await desk.addKey(user, name, wanted);
      return { json: { ok: true, ...key }, lines: [`${name} is the key: ${key.key}`] };
    }),
);

const revoke = command(new Command('revoke').description('end an API key').argument('<id>'), (context, [id = '']) =>
  atTheDesk(context, async (desk) => {
    await desk.revokeKey(id);
    return { json: { ok: true, id }, lines: [`The key ${id} opens nothing any more.`] };
  }),
);

/** To be registered among the commands. */
export const keys = new Command('keys')
  .description('look after the API keys of programs; stop the server first')
  .addCommand(list)
  .addCommand(add)
  .addCommand(revoke);
