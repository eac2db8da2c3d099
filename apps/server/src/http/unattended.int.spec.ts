import { expect, it } from '@jest/globals';
import { FirstRun } from '@streamvault/access';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from '../settings/load-environment.js';
import { ask, openAccess, password } from './access-server.testing.js';

/** What the file of a secret gives, as the server reads it. */
function environmentWith(file: string): Record<string, string> {
  const { ADMIN_PASSWORD = '' } = loadEnvironment({ ADMIN_PASSWORD_FILE: file });
  return { ADMIN_NAME: 'captain', ADMIN_PASSWORD };
}

it('the first administrator comes from ADMIN_PASSWORD_FILE, once, and no code is left lying about', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'streamvault-unattended-'));
  const file = join(folder, 'secret');
  await writeFile(file, `${password}\n`);
  const first = await openAccess(folder, { environment: environmentWith(file) });
  const signIn = (app: typeof first.app, secret: string) =>
    ask(app, 'POST', '/api/session', {}, { name: 'captain', password: secret });
  try {
    await first.app.get(FirstRun).prepare();
    expect((await signIn(first.app, password)).statusCode).toBe(200);
    expect(existsSync(join(folder, 'setup-code'))).toBe(false);
    // Another proxy in front may ask for a password of its own: that is not for us, and no wrong key.
    const basic = { authorization: `Basic ${Buffer.from('door:opener').toString('base64')}` };
    expect((await ask(first.app, 'GET', '/api/session/ways', basic)).statusCode).toBe(200);
    expect((await ask(first.app, 'GET', '/api/session/ways', { authorization: 'Bearer x' })).statusCode).toBe(401);
    // It counts only while there is no account.
    await writeFile(file, 'another harbour at dusk');
    const { store } = first;
    const second = await openAccess(folder, { environment: environmentWith(file), store });
    try {
      await second.app.get(FirstRun).prepare();
      expect((await signIn(second.app, 'another harbour at dusk')).statusCode).toBe(401);
      expect((await signIn(second.app, password)).statusCode).toBe(200);
    } finally {
      await second.app.close();
    }
  } finally {
    await first.app.close();
    await rm(folder, { recursive: true, force: true });
  }
});
