import { expect, it } from '@jest/globals';
import { type Installation, type Role, roles } from '@streamvault/kernel';
import { BroadcastKeeper } from './broadcast-keeper.js';
import { SourceWatch } from './source-watch.js';
import { TwitchWatch } from './twitch-watch.js';

/** Notes each use. */
const touched: string[] = [];
const untouchable = new Proxy(
  {},
  {
    get: (_, name) => {
      touched.push(String(name));
      return () => Promise.reject(new Error('Not here.'));
    },
  },
) as never;

it.each(roles.filter((role): role is Role => role !== 'scheduler'))(
  'a process with the role %s alone asks no source, no platform and no broadcast',
  async (role) => {
    const own = { roles: new Set([role]) } as unknown as Installation;
    const not = untouchable;
    const connection = { http: { close: () => Promise.resolve() } } as never;
    const watches = [
      new BroadcastKeeper(not, not, not, not, not, {} as never, not, not, own),
      new SourceWatch(not, not, not, not, not, not, not, not, own, not),
      new TwitchWatch(not, not, connection, not, not, not, not, not, not, not, not, not, not, own),
    ];
    for (const watch of watches) watch.onApplicationBootstrap();
    for (const watch of watches) await watch.beforeApplicationShutdown();
    expect(touched).toEqual([]);
  },
);
