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
