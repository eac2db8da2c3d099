import { expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What only the server itself sends: reports of its own work, and what it notices. */
const byTheServer = [
  'add-video.handler.ts',
  'change-recording-details.handler.ts',
  'report-sighting.handler.ts',
  'report-to-recording.handler.ts',
  'tell-broadcast.handler.ts',
];

it('every command that people send asks who may, in its handler too', () => {
  const handlers = globSync('libs/*/src/commands/**/*.handler.ts');
  expect(handlers.length).toBeGreaterThan(20);
  const silent = handlers.filter((file) => !/\brequirePermission\(/.test(readFileSync(file, 'utf8')));
  expect(silent.map((file) => basename(file)).toSorted()).toEqual(byTheServer);
});

/** They are the ways in, or parts of other commands. */
const withoutAsker = [
  'create-first-administrator.ts',
  'new-password.ts',
  'session-door.ts',
  'session-end.ts',
  'sign-in-by-passkey.ts',
  'sign-in-by-provider.ts',
  'sign-in.ts',
];

it('every command about accounts, keys and links asks who may, or is about who asks', () => {
  const files = globSync('libs/access/src/commands/*.ts').filter((file) => !/\.(spec|testing)\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(15);
  const asks = /\brequire(Permission|OwnOr)\(|throw new NotAllowed\('signed-in'\)/;
  const silent = files.filter((file) => !asks.test(readFileSync(file, 'utf8')));
  expect(silent.map((file) => basename(file)).toSorted()).toEqual(withoutAsker);
});
