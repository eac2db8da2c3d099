import { describe, expect, it } from '@jest/globals';
import { decodeAmf, encodeAmf, type AmfValue } from './amf0.js';
import { rtmpPlace } from './rtmp-address.js';
import { RtmpConversation } from './rtmp-conversation.js';
import { chunked, RtmpMessages } from './rtmp-messages.js';

const ADDRESS = 'rtmp://camera.example/live/one/secret-key?token=hidden';
const handshake = Buffer.alloc(3073, 1);
const command = (...values: readonly AmfValue[]): Buffer =>
  chunked({ chunkStream: 3, timestamp: 0, type: 20, stream: 0, payload: encodeAmf(values) }, 128);
const object = (entries: Readonly<Record<string, AmfValue>>): AmfValue => ({ entries: Object.entries(entries) });
const conversation = (): RtmpConversation => new RtmpConversation(rtmpPlace(ADDRESS)!, ADDRESS);
const connect = command('connect', 1, object({ app: 'app', tcUrl: 'rtmp://127.0.0.1:9/app', fpad: false }));

describe('what a program says to an RTMP server', () => {
  it('names what is really wanted, and the server by its own name', () => {
    const talk = conversation();
    const sent = [handshake, connect, command('createStream', 2, null), command('play', 4, null, 'stream', -2000)];
    const bytes = Buffer.concat(sent);
    const passed: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1000) passed.push(talk.fromProgram(bytes.subarray(at, at + 1000)));
    const heard = Buffer.concat(passed);
    expect(heard.subarray(0, handshake.length)).toEqual(handshake);
    const messages = new RtmpMessages(10_000).push(heard.subarray(handshake.length));
    expect(messages.map(({ payload }) => decodeAmf(payload))).toEqual([
      ['connect', 1, object({ app: 'live/one', tcUrl: 'rtmp://camera.example:1935/live/one', fpad: false })],
      ['createStream', 2, null],
      ['play', 4, null, 'secret-key?token=hidden', -2000],
    ]);
  });
});

describe('what an RTMP server says', () => {
  const refusal = (redirect: string): Buffer =>
    command('_error', 1, null, object({ level: 'error', ex: object({ code: 302, redirect }) }));

  it('is passed on as it is', () => {
    const talk = conversation();
    talk.fromProgram(Buffer.concat([handshake, connect]));
    const bytes = Buffer.concat([handshake, command('_result', 1, object({}), object({ level: 'status' }))]);
    expect(Buffer.concat([talk.fromServer(bytes.subarray(0, 3100)), talk.fromServer(bytes.subarray(3100))])).toEqual(
      bytes,
    );
    expect(talk.isTaken).toBe(true);
    // From here on it is broadcast, which is nobody's business here.
    expect(talk.fromServer(Buffer.alloc(100, 0xff))).toEqual(Buffer.alloc(100, 0xff));
  });

  it('does not lead elsewhere, and the cause tells no key', () => {
    const talk = conversation();
    talk.fromProgram(Buffer.concat([handshake, connect]));
    talk.fromServer(handshake);
    const bytes = refusal('rtmp://10.9.9.9:6379/live/other-key');
    expect(talk.fromServer(bytes.subarray(0, 40))).toHaveLength(40);
    let reason: unknown;
    try {
      talk.fromServer(bytes.subarray(40));
    } catch (error) {
      reason = (error as { reason: unknown }).reason;
    }
    expect(reason).toMatchObject({ code: 'source.redirected', message: expect.stringContaining('10.9.9.9:6379') });
    expect(JSON.stringify(reason)).not.toMatch(/key|hidden/);
  });

  it('is not taken for an answer to the call where it is none', () => {
    const talk = conversation();
    talk.fromProgram(Buffer.concat([handshake, connect]));
    talk.fromServer(Buffer.concat([handshake, command('_result', 7, null)]));
    expect(talk.isTaken).toBe(false);
    expect(() => talk.fromServer(refusal('rtmp://10.9.9.9/x'))).toThrow(/sends its callers on/);
  });

  it.each([
    ['without end', Buffer.concat([Buffer.of(4, 0, 0, 0, 0, 0xff, 0, 8, 0, 0, 0, 0), Buffer.alloc(2 << 20, 0xc4)])],
    ['that is not RTMP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'that cannot be read',
      chunked({ chunkStream: 3, timestamp: 0, type: 20, stream: 0, payload: Buffer.of(99) }, 128),
    ],
  ])('is refused %s', (_, bytes) => {
    const talk = conversation();
    talk.fromServer(handshake);
    expect(() => talk.fromServer(bytes)).toThrow(/camera\.example/);
  });
});
