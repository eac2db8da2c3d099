import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { within } from './until.js';

const program = fileURLToPath(new URL('../../../apps/admin/testing/fake-server.ts', import.meta.url));

/** The stand-in for the server with which people look at the console, as they start it. */
export async function startFakeConsoleServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const child = spawn(process.execPath, ['--no-warnings', program, '--port=0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    if (address !== undefined) resolve(address);
  });
  void gone.then(() => reject(new Error(`It ended: ${said}`)));
  return {
    url: await within(30, 'the stand-in told its address', url),
    close: () => {
      child.kill();
      return gone;
    },
  };
}
