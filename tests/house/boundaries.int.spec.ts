import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/**
 * The rules of .dependency-cruiser.cjs, each broken on purpose in a small copy of the repository. A rule that matches
 * nothing is silent, like a rule that is never broken: only a planted violation distinguishes them.
 */
const house = join(import.meta.dirname, '..', '..');
const packages = ['zod', 'xstate', '@nestjs/common', 'pino', 'fastify'];

const sound: Record<string, string> = {
  'package.json': JSON.stringify({ type: 'module', dependencies: { pino: '*' }, devDependencies: { xstate: '*' } }),
  'libs/api-contract/package.json': JSON.stringify({ dependencies: { zod: '*' } }),
  'libs/api-contract/src/index.ts': `import { z } from 'zod';\nexport const shape = z;\n`,
  'libs/event-store/src/index.ts': `export type Position = bigint;\nexport const store = 1;\n`,
  'libs/kernel/src/index.ts': `import { store } from '@streamvault/event-store';\nexport const kernel = store;\n`,
  'libs/kernel/src/given-when-then.testing.ts': `import { kernel } from './index.js';\nexport const given = kernel;\n`,
  'libs/capture/src/index.ts': `import { readFile } from 'node:fs/promises';\nexport const port = readFile;\nexport type Fact = string;\n`,
  'libs/media/src/index.ts': `export const media = 1;\n`,
  'libs/streamers/src/index.ts': `import { kernel } from '@streamvault/kernel';\nexport const streamers = kernel;\n`,
  'libs/recording/package.json': JSON.stringify({ dependencies: { zod: '*', '@nestjs/common': '*' } }),
  'libs/recording/src/index.ts': `export * from './domain/machine.js';\nexport * from './handler.js';\n`,
  'libs/recording/src/handler.ts': `import { Injectable } from '@nestjs/common';\nexport const handler = Injectable;\n`,
  'libs/recording/src/domain/machine.ts': `import type { Fact } from '@streamvault/capture';\nimport { kernel } from '@streamvault/kernel';\nimport { z } from 'zod';\nexport const machine: [Fact, unknown] = [z, kernel];\n`,
  'libs/recording/src/domain/machine.spec.ts': `import { given } from '@streamvault/kernel/testing';\nimport { readFile } from 'node:fs/promises';\nimport { machine } from './machine.js';\nexport const tested = [given, machine, readFile];\n`,
  'libs/library/src/index.ts': `import { media } from '@streamvault/media';\nimport { machine } from '@streamvault/recording';\nexport const library = [media, machine];\n`,
  'apps/server/src/main.ts': `import { library } from '@streamvault/library';\nimport { streamers } from '@streamvault/streamers';\nimport pino from 'pino';\nexport const server = [library, streamers, pino];\n`,
  'apps/admin/src/main.ts': `import { shape } from '@streamvault/api-contract';\nexport const page = shape;\n`,
  'tests/e2e/one.spec.ts': `import { port } from '@streamvault/capture';\nexport const e2e = port;\n`,
  'bench/log.ts': `import { store } from '@streamvault/event-store';\nexport const bench = store;\n`,
};

/** Rule, the file that breaks it, and its content. */
const violations: [rule: string, file: string, source: string][] = [
  ['api-contract-imports-its-own', 'libs/api-contract/src/a.ts', `import '@streamvault/event-store';`],
  ['failures-imports-its-own', 'libs/failures/src/a.ts', `import '@streamvault/media';`],
  ['event-store-imports-its-own', 'libs/event-store/src/a.ts', `import '@streamvault/api-contract';`],
  ['kernel-imports-its-own', 'libs/kernel/src/a.ts', `import '@streamvault/media';`],
  ['capture-imports-its-own', 'libs/capture/src/a.ts', `import '@streamvault/event-store';`],
  ['media-imports-its-own', 'libs/media/src/a.ts', `import '@streamvault/capture';`],
  ['network-imports-its-own', 'libs/network/src/a.ts', `import '@streamvault/media';`],
  ['threads-imports-its-own', 'libs/threads/src/a.ts', `import '@streamvault/media';`],
  ['platforms-imports-its-own', 'libs/platforms/src/a.ts', `import '@streamvault/capture';`],
  ['http-kit-imports-its-own', 'libs/http-kit/src/a.ts', `import '@streamvault/streamers';`],
  ['storage-imports-its-own', 'libs/storage/src/a.ts', `import '@streamvault/recording';`],
  ['secrets-imports-its-own', 'libs/secrets/src/a.ts', `import '@streamvault/recording';`],
  ['jobs-imports-its-own', 'libs/jobs/src/a.ts', `import '@streamvault/recording';`],
  ['only-http-knows-http', 'libs/recording/src/a.ts', `import 'fastify';`],
  ['contexts-meet-through-doors', 'libs/library/src/b.ts', `import '../../recording/src/handler.js';`],
  ['others-enter-libraries-through-doors', 'apps/server/src/b.ts', `import '../../../libs/recording/src/handler.js';`],
  ['others-enter-libraries-through-doors', 'tests/e2e/b.spec.ts', `import '../../libs/recording/src/handler.js';`],
  ['testing-doors-are-for-tests', 'libs/recording/src/c.ts', `import '@streamvault/kernel/testing';`],
  ['domain-is-pure', 'libs/recording/src/domain/d.ts', `import '../handler.js';`],
  [
    'domain-is-pure',
    'libs/recording/src/domain/e.ts',
    `import { port } from '@streamvault/capture'; export const d = port;`,
  ],
  [
    'domain-takes-only-types-from-ports',
    'libs/recording/src/domain/f.ts',
    `import type { handler } from '../handler.js'; export type H = typeof handler;`,
  ],
  ['domain-knows-no-framework', 'libs/recording/src/domain/g.ts', `import '@nestjs/common';`],
  [
    'domain-knows-no-framework',
    'libs/recording/src/domain/g2.ts',
    `import type { Injectable } from '@nestjs/common'; export type I = typeof Injectable;`,
  ],
  ['domain-knows-no-node', 'libs/recording/src/domain/h.ts', `import 'node:crypto';`],
  ['domain-knows-no-node', 'libs/recording/src/domain/h2.ts', `import 'fs';`],
  ['libraries-know-no-application', 'libs/library/src/i.ts', `import '../../../apps/server/src/main.js';`],
  ['libraries-know-no-application', 'libs/library/src/i2.spec.ts', `import '../../../tests/e2e/one.spec.js';`],
  ['applications-stand-alone', 'apps/admin/src/j.ts', `import '../../server/src/main.js';`],
  ['applications-stand-alone', 'apps/server/src/j.ts', `import '../../../bench/log.js';`],
  ['console-knows-only-the-contract', 'apps/admin/src/k.ts', `import '@streamvault/recording';`],
  ['console-runs-in-a-browser', 'apps/admin/src/l.ts', `import 'node:fs';`],
  ['no-cycles', 'libs/media/src/m.ts', `import './n.js'; export const m = 1;`],
  ['no-cycles', 'libs/media/src/n.ts', `import type { m } from './m.js'; export type N = typeof m;`],
  ['no-orphans', 'libs/media/src/o.ts', `export const alone = 1;`],
  ['no-unresolvable', 'apps/server/src/p.ts', `import '@streamvault/recording/src/handler';`],
  ['no-unresolvable', 'apps/server/src/p2.ts', `import './not-there.js';`],
  ['no-undeclared-packages', 'libs/media/src/q.ts', `import '@nestjs/common';`],
  ['no-development-packages-in-production', 'libs/media/src/r.ts', `import 'xstate';`],
];

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

async function write(folder: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

async function cruise(folder: string): Promise<Violation[]> {
  const program = join(house, 'node_modules', '.bin', 'depcruise');
  const config = join(house, '.dependency-cruiser.cjs');
  const args = [program, '--config', config, '--output-type', 'json', 'apps', 'libs', 'tests', 'bench'];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      // With violations its exit code is not 0, but the report is complete.
      stdout === '' ? reject(new Error(stderr, { cause: error })) : resolve(stdout),
    );
  });
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the boundaries', () => {
  let soundHouse: string;
  let brokenHouse: string;
  let found: Violation[];

  beforeAll(async () => {
    soundHouse = await mkdtemp(join(tmpdir(), 'boundaries-'));
    brokenHouse = `${soundHouse}-broken`;
    for (const file of ['tsconfig.base.json', 'tsconfig.boundaries.json'])
      await cp(join(house, file), join(soundHouse, file));
    for (const name of packages) {
      await write(
        soundHouse,
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
      );
      await write(soundHouse, `node_modules/${name}/index.js`, '');
    }
    for (const [file, text] of Object.entries(sound)) await write(soundHouse, file, text);
    await cp(soundHouse, brokenHouse, { recursive: true });
    for (const [, file, text] of violations) await write(brokenHouse, file, `${text}\n`);
    found = await cruise(brokenHouse);
  });

  afterAll(async () => {
    for (const folder of [soundHouse, brokenHouse]) await rm(folder, { recursive: true, force: true });
  });

  it('accept a sound repository', async () => {
    expect(await cruise(soundHouse)).toEqual([]);
  });

  it.each(violations)('%s: %s', (rule, file) => {
    // An orphan is reported as unreachable.
    const broken = found.filter((violation) => violation.from === file || violation.to === file);
    expect(broken.map((violation) => violation.rule.name)).toContain(rule);
  });

  it('have every rule broken here once', async () => {
    const { default: config } = (await import(join(house, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    const names = config.forbidden.map((rule) => rule.name).toSorted();
    expect([...new Set(violations.map(([rule]) => rule))].toSorted()).toEqual(names);
  });
});
