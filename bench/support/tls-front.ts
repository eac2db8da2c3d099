/** Ends TLS before a plain origin, as a process of its own: `node … tls-front.ts <port of the origin> <key> <certificate>`. */
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';

const [, , port, key = '', certificate = ''] = process.argv;
const front = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
  const behind = connect(Number(port), '127.0.0.1');
  for (const [one, other] of [
    [socket, behind],
    [behind, socket],
  ] as const)
    one.on('error', () => other.destroy()).pipe(other);
});
front.listen(0, '127.0.0.1', () => console.log(`Front at http://127.0.0.1:${(front.address() as AddressInfo).port} `));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
