import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const house = join(import.meta.dirname, '..', '..');
const production = globSync('{libs,apps}/*/src/**/*.{ts,mjs}', { cwd: house }).filter(
  (file) => !/\.(spec|testing)\.|^apps\/admin\/src\/test/.test(file),
);

it('names no test support, neither by an import (which the boundaries check) nor by a path', () => {
  expect(production.length).toBeGreaterThan(500);
  const named = production.filter((file) => /\.testing\./.test(readFileSync(join(house, file), 'utf8')));
  expect(named).toEqual([]);
});
