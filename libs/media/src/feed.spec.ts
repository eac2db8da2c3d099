import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { feed } from './feed.js';

async function* bytes(fails?: Error) {
  yield new Uint8Array(10);
  if (fails) throw fails;
  yield new Uint8Array(10);
}

const coded = (code: string) => Object.assign(new Error(`write ${code}`), { code });
const refusing = (code: string) => new Writable({ write: (_chunk, _encoding, done) => done(coded(code)) });
const taking = () => new Writable({ write: (_chunk, _encoding, done) => done() });

async function told(source: AsyncIterable<Uint8Array>, stdin: Writable): Promise<unknown[]> {
  const errors: unknown[] = [];
  await feed(source, stdin, (error) => errors.push(error));
  return errors;
}

describe('feeding a program', () => {
  it.each(['EPIPE', 'ECONNRESET', 'ECANCELED'])('takes %s to mean that the program has enough', async (code) => {
    expect(await told(bytes(), refusing(code))).toEqual([]);
  });

  it('reports any other failure of the pipe', async () => {
    expect(await told(bytes(), refusing('EIO'))).toMatchObject([{ code: 'EIO' }]);
  });

  it.each(['EIO', 'ECANCELED'])('reports the failure of the source, also if that is %s', async (code) => {
    const error = coded(code);
    expect(await told(bytes(error), taking())).toEqual([error]);
  });
});
