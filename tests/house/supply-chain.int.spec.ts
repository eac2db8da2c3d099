import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly object[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** They have a licence file, but no field in their package.json. */
const WITHOUT_FIELD = ['@ffmpeg-installer/', 'dejavu-fonts-ttf'];

describe('what is delivered', () => {
  it('is listed by one command, each part with its version and its licence', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { cwd: root, maxBuffer: 1 << 26 });
    const bom = JSON.parse(stdout) as { bomFormat: string; specVersion: string; components: Component[] };
    await mkdir(join(root, 'artifacts'), { recursive: true });
    await writeFile(join(root, 'artifacts', 'sbom.cdx.json'), stdout);
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) });
    const foreign = bom.components.filter(({ purl }) => !purl.startsWith('pkg:npm/%40streamvault/'));
    const names = foreign.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['fastify', 'better-sqlite3', 'undici']));
    expect(names).not.toContain('jest');
    expect(foreign.filter(({ version }) => !/^\d+\.\d+/.test(version))).toEqual([]);
    const unlicensed = foreign.filter(({ licenses }) => licenses === undefined || licenses.length === 0);
    expect(
      unlicensed.map(({ name }) => name).filter((name) => !WITHOUT_FIELD.some((one) => name.startsWith(one))),
    ).toEqual([]);
  });

  it('comes with the texts of all licences', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'licences-'));
    try {
      const script = `import { writeLicenses } from ${JSON.stringify(join(root, 'scripts', 'licenses.mjs'))};
        console.log(writeLicenses(${JSON.stringify(root)}, ${JSON.stringify(join(folder, 'licenses.txt'))}));`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
      expect(Number(stdout)).toBeGreaterThan(100);
      const text = await readFile(join(folder, 'licenses.txt'), 'utf8');
      expect(text).toMatch(/^StreamVault\n/);
      for (const part of ['fastify', '@angular/core', 'better-sqlite3'])
        expect(text).toMatch(new RegExp(`^${part} \\d`, 'm'));
      expect(text).toContain('Permission is hereby granted');
      expect(text).not.toMatch(/^jest \d/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
