import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SecretVault } from './secret-vault.js';
import { SourceSecrets } from './source-secrets.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('the login of a camera is kept by its address, unreadable on the disk, until it is erased', async () => {
  const vault = new SecretVault({ folder: join(folder, 'secrets'), keyFile: join(folder, 'key') });
  const secrets = new SourceSecrets(vault);
  const [url, other] = ['rtsp://camera.example/1', 'rtsp://camera.example/2'];
  await secrets.set(url, { user: 'me', password: 'hidden' });
  await secrets.set(other, { user: 'you' });
  expect(await secrets.get(url)).toEqual({ user: 'me', password: 'hidden' });
  for (const name of await readdir(join(folder, 'secrets'))) {
    const bytes = await readFile(join(folder, 'secrets', name), 'latin1');
    expect(name + bytes).not.toMatch(/hidden|camera/);
  }
  await secrets.erase(url);
  await secrets.erase(url);
  expect([await secrets.get(url), await secrets.get(other)]).toEqual([undefined, { user: 'you' }]);
});
