import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const INPUTS = '-re -f lavfi -i testsrc2=size=320x180:rate=30 -re -f lavfi -i sine=440';
/** A key frame twice a second, as in FfmpegSource, with the video's parameters before each. */
const PICTURE = '-map 0 -c:v libx264 -preset ultrafast -tune zerolatency -g 15 -b:v 200k -pix_fmt yuv420p';

/** How the audio is coded, and how the description says it (RFC 3551 section 6, RFC 3640 section 3.3.6). */
const SOUNDS = {
  aac: {
    codec: '-c:a aac -b:a 64k',
    media: ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/44100/1'],
    format: ['a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1208'],
  },
  /** G.711, as cameras have it. */
  pcmu: { codec: '-c:a pcm_mulaw -ar 8000 -ac 1', media: ['m=audio 0 RTP/AVP 0'], format: [] },
} as const;

/** What a camera asks for. */
export interface CameraLogin {
  readonly scheme: 'basic' | 'digest' | 'digest with qop';
  readonly user: string;
  readonly password: string;
}

/**
 * A camera: a broadcast by its own ffmpeg as RTP, and the minimum of RTSP to fetch it (RFC 2326), with the media
 * between the answers of one connection (section 10.12). A caller joins what is live.
 */
export class RtspSource {
  readonly #callers = new Set<Caller>();
  readonly #server: Server;
  readonly #encoderGone: Promise<unknown>;
  /** Required from now on; undefined: no login needed. */
  login: CameraLogin | undefined;
  /** Where it sends callers from now on. */
  movedTo: string | undefined;
  #port = 0;

  private constructor(
    private readonly encoder: ChildProcess,
    private readonly channels: readonly Datagrams[],
    private readonly sound: keyof typeof SOUNDS,
  ) {
    this.#encoderGone = once(encoder, 'close');
    this.#server = createServer((socket) => {
      const caller = new Caller(socket, (base) => this.#describe(base), this);
      this.#callers.add(caller);
      socket.on('close', () => this.#callers.delete(caller));
    });
    for (const [number, channel] of channels.entries())
      channel.on('message', (packet) => this.#callers.forEach((caller) => caller.send(number, packet)));
  }

  /** @param port its earlier port, for a camera that comes back */
  static async start(sound: keyof typeof SOUNDS = 'aac', port = 0): Promise<RtspSource> {
    // The video, the reports about it, the audio, the reports about that.
    const channels = await Promise.all(Array.from({ length: 4 }, () => openDatagrams()));
    const [picture, pictureReports, heard, heardReports] = channels.map((channel) => channel.address().port);
    const { codec } = SOUNDS[sound];
    const args = [
      ...`-hide_banner -loglevel error -nostdin ${INPUTS}`.split(' '),
      ...`${PICTURE} -f rtp rtp://127.0.0.1:${picture}?rtcpport=${pictureReports}`.split(' '),
      ...`-map 1 ${codec} -f rtp rtp://127.0.0.1:${heard}?rtcpport=${heardReports}`.split(' '),
    ];
    const source = new RtspSource(spawn('ffmpeg', args, { stdio: 'ignore' }), channels, sound);
    source.#server.listen(port, '127.0.0.1');
    await once(source.#server, 'listening');
    source.#port = (source.#server.address() as AddressInfo).port;
    process.once('exit', source.#endWithUs);
    return source;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/camera`;
  }

  /** It is there and sends nothing. */
  pause(): void {
    this.encoder.kill('SIGSTOP');
  }

  /** It and all its connections are gone. */
  async kill(): Promise<void> {
    if (!this.#server.listening) return;
    process.off('exit', this.#endWithUs);
    this.encoder.kill('SIGKILL');
    await this.#encoderGone;
    for (const channel of this.channels) channel.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const caller of this.#callers) caller.hangUp();
    await closed;
  }

  readonly #endWithUs = (): void => void this.encoder.kill('SIGKILL');

  #describe(base: string): string {
    const { media, format } = SOUNDS[this.sound];
    const session = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=Camera', 'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*'];
    const picture = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1'];
    const heard = [...media, ...format, `a=control:${base}/1`, ''];
    return [...session, ...picture, `a=control:${base}/0`, ...heard].join('\r\n');
  }
}

async function openDatagrams(): Promise<Datagrams> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** One connection: answers requests, and gets the media from PLAY on. */
class Caller {
  #asked = Buffer.alloc(0);
  #plays = false;

  constructor(
    private readonly socket: Socket,
    private readonly describe: (base: string) => string,
    private readonly camera: Pick<RtspSource, 'login' | 'movedTo'>,
  ) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    // A killed client does not say goodbye.
    socket.on('error', () => socket.destroy());
  }

  send(channel: number, packet: Buffer): void {
    if (!this.#plays) return;
    const head = Buffer.from([0x24, channel, 0, 0]);
    head.writeUInt16BE(packet.length, 2);
    this.socket.write(Buffer.concat([head, packet]));
  }

  hangUp(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#asked = Buffer.concat([this.#asked, chunk]);
    for (;;) {
      // Reports of the caller come between its requests.
      if (this.#asked[0] === 0x24) {
        if (this.#asked.length < 4 || this.#asked.length < 4 + this.#asked.readUInt16BE(2)) return;
        this.#asked = this.#asked.subarray(4 + this.#asked.readUInt16BE(2));
        continue;
      }
      const end = this.#asked.indexOf('\r\n\r\n');
      if (end === -1) return;
      const request = this.#asked.subarray(0, end).toString();
      this.#asked = this.#asked.subarray(end + 4);
      this.#answer(request);
    }
  }

  #answer(request: string): void {
    const [, method = '', url = ''] = /^(\w+) (\S+)/.exec(request) ?? [];
    const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0';
    const transport = /^Transport: *(\S+)/im.exec(request)?.[1] ?? '';
    const { login, movedTo } = this.camera;
    const end = (status: string, header: string) =>
      this.socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${sequence}\r\n${header}\r\n\r\n`);
    if (method === 'DESCRIBE' && movedTo !== undefined) return void end('302 Moved', `Location: ${movedTo}`);
    const authorization = /^Authorization: *(.*)$/im.exec(request)?.[1] ?? '';
    if (method !== 'OPTIONS' && login !== undefined && !isRight(login, authorization, method))
      return void end('401 Unauthorized', `WWW-Authenticate: ${challengeOf(login)}`);
    const body = method === 'DESCRIBE' ? this.describe(url) : '';
    const isRefused = method === 'SETUP' && !transport.includes('TCP');
    const headers = [
      `RTSP/1.0 ${isRefused ? '461 Unsupported Transport' : '200 OK'}`,
      `CSeq: ${sequence}`,
      'Session: 1;timeout=60',
      ...(method === 'OPTIONS' ? ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER'] : []),
      ...(method === 'SETUP' ? [`Transport: ${transport}`] : []),
      ...(method === 'DESCRIBE'
        ? [`Content-Base: ${url}/`, 'Content-Type: application/sdp', `Content-Length: ${Buffer.byteLength(body)}`]
        : []),
    ];
    this.socket.write(`${headers.join('\r\n')}\r\n\r\n${body}`);
    this.#plays ||= method === 'PLAY';
  }
}

const NONCE = 'a1b2c3';

const challengeOf = ({ scheme }: CameraLogin): string =>
  scheme === 'basic'
    ? 'Basic realm="camera"'
    : `Digest realm="camera", nonce="${NONCE}"${scheme === 'digest' ? '' : ', qop="auth", algorithm=MD5'}`;

function isRight({ scheme, user, password }: CameraLogin, authorization: string, method: string): boolean {
  if (scheme === 'basic') return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const field = (name: string) => new RegExp(`\\b${name}="?([^",]+)`).exec(authorization)?.[1] ?? '';
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const [one, two] = [md5(`${user}:camera:${password}`), md5(`${method}:${field('uri')}`)];
  const count = scheme === 'digest' ? '' : `${field('nc')}:${field('cnonce')}:auth:`;
  return field('response') === md5(`${one}:${NONCE}:${count}${two}`);
}
