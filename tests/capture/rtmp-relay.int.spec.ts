import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FfmpegCaptureEngine } from '@streamvault/capture';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { until } from '../e2e/support/until.js';
import { ledgerOf, Witness } from './capture-run.js';
import { FfmpegSource, freePort, isListening } from './ffmpeg-source.js';
import { programsLike } from './programs-in-proc.js';

jest.setTimeout(120_000);

let folder: string;
const stops: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rtmp-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

function capture(url: string, settings = {}) {
  const witness = new Witness();
  const abort = new AbortController();
  const engine = new FfmpegCaptureEngine({ sliceSeconds: 0.5, retryMinSeconds: 0.2, ...settings });
  const request = { recordingId: 7, directory: path.join(folder, 'recording'), quality: 'best' };
  const end = engine.capture({ ...request, source: { url, engine: 'ffmpeg' } }, witness, abort.signal);
  const stop = () => {
    abort.abort();
    return end;
  };
  stops.push(() => stop().catch(() => undefined));
  return { witness, end, stop };
}

async function listening(server: Server): Promise<number> {
  stops.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

it('the key of a stream is in nothing that others on the machine can read, and the server hears it', async () => {
  const port = await freePort('tcp');
  const url = `rtmp://127.0.0.1:${port}/live/secret-key`;
  const source = new FfmpegSource(['-f', 'flv', '-listen', '1', url]);
  stops.push(() => source.kill());
  await until('it waits for a caller', () => isListening(port));
  const { witness, stop } = capture(url, { openAttempts: 20 });
  await witness.segments(2);
  // The source's own command line is its own affair.
  const programs = await programsLike(/-protocol_whitelist/);
  expect(programs).toHaveLength(1);
  for (const { commandLine, environment } of programs) {
    expect(commandLine).toMatch(/-i.rtmp:\/\/127\.0\.0\.1:\d+\/app\/stream/);
    expect(commandLine + environment).not.toMatch(new RegExp(`secret-key|:${port}/`));
  }
  await stop();
  expect((await ledgerOf(path.join(folder, 'recording'))).totals.segments).toBeGreaterThanOrEqual(2);
  // It warns of a caller who names another stream.
  expect(source.said).not.toMatch(/unexpected/i);
});

it('an RTMP server that sends its callers on is not followed into a network that it has no way to', async () => {
  let led = 0;
  const inside = createServer((socket) => {
    led += 1;
    socket.destroy();
  });
  const target = `rtmp://127.0.0.1:${await listening(inside)}/live/other-key`;
  const asked: string[] = [];
  const port = await listening(
    createServer((socket) => {
      let heard = Buffer.alloc(0);
      let said = 0;
      socket
        .on('error', () => undefined)
        .on('data', (bytes: Buffer) => {
          heard = Buffer.concat([heard, bytes]);
          if (said === 0 && heard.length >= 1537) {
            said = 1;
            // A server of no version, whose greeting nobody verifies.
            socket.write(Buffer.concat([Buffer.of(3), Buffer.alloc(1536), heard.subarray(1, 1537)]));
          }
          if (said === 1 && heard.includes('tcUrl')) {
            said = 2;
            asked.push(heard.subarray(3073).toString('latin1'));
            socket.write(redirection(target));
          }
        });
    }),
  );
  const { end } = capture(`rtmp://127.0.0.1:${port}/live/secret-key`, { openAttempts: 3 });
  const ended = await end;
  expect(ended).toMatchObject({ kind: 'failed', cause: { code: 'source.redirected' } });
  expect(JSON.stringify(ended)).not.toMatch(/-key/);
  expect(led).toBe(0);
  expect(asked[0]).toContain(`rtmp://127.0.0.1:${port}/live`);
});

/** `_error` of the connection, with `ex: {code: 302, redirect}` as Adobe's servers send it, in one message (type 20, AMF0). */
function redirection(to: string): Buffer {
  const name = (text: string) => Buffer.concat([Buffer.of(0, text.length), Buffer.from(text)]);
  const text = (value: string) => Buffer.concat([Buffer.of(2), name(value)]);
  const number = (value: number) => {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  };
  const object = (...entries: readonly Buffer[]) => Buffer.concat([Buffer.of(3), ...entries, Buffer.of(0, 0, 9)]);
  const ex = object(name('code'), number(302), name('redirect'), text(to));
  const info = object(
    name('level'),
    text('error'),
    name('code'),
    text('NetConnection.Connect.Rejected'),
    name('ex'),
    ex,
  );
  const payload = Buffer.concat([text('_error'), number(1), Buffer.of(5), info]);
  const head = Buffer.alloc(12);
  head.writeUInt8(3);
  head.writeUIntBE(payload.length, 4, 3);
  head.writeUInt8(20, 7);
  const rest = payload.subarray(128);
  return Buffer.concat([head, payload.subarray(0, 128), ...(rest.length > 0 ? [Buffer.of(0xc3), rest] : [])]);
}
