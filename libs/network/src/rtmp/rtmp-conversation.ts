import { SourceFault } from '../source-fault.js';
import { AmfError, decodeAmf, encodeAmf, findText, isAmfObject, type AmfValue } from './amf0.js';
import type { RtmpPlace } from './rtmp-address.js';
import {
  chunked,
  COMMAND_AMF0,
  DEFAULT_CHUNK_BYTES,
  RtmpError,
  RtmpMessages,
  SET_CHUNK_SIZE,
  type RtmpMessage,
} from './rtmp-messages.js';

/** What a program is told to ask a relay for: nothing of the real address. */
export const NEUTRAL_APP = 'app';
export const NEUTRAL_STREAM = 'stream';

/** C0, C1 and C2 are as long as S0, S1 and S2 (RTMP 1.0, section 5.2). */
const HANDSHAKE_BYTES = 1 + 1536 + 1536;
const LONGEST_COMMAND = 64 << 10;
/** Before it says whether it takes the caller, a server has little to say. */
const LONGEST_GREETING = 1 << 20;

/**
 * What a program and an RTMP server say to each other through us. In the program's words what it was told to ask for becomes the real
 * thing, of which it need not know; of the server's, those before it takes the caller are looked at: one that sends callers elsewhere
 * (`ex.redirect`) is refused, since the program would dial that by itself.
 */
export class RtmpConversation {
  readonly #host: string;
  readonly #asked = new RtmpMessages(LONGEST_COMMAND);
  readonly #answered = new RtmpMessages(LONGEST_COMMAND);
  #askedHandshake = HANDSHAKE_BYTES;
  #answeredHandshake = HANDSHAKE_BYTES;
  #greetingBytes = 0;
  #chunkBytes = DEFAULT_CHUNK_BYTES;
  /** By its number, the question whether the server takes the caller. */
  #connecting = 1;
  #isTaken = false;

  constructor(
    private readonly place: RtmpPlace,
    address: string,
  ) {
    this.#host = hostOf(address);
  }

  /** From now on nothing of what the server says needs to be looked at. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** What goes on to the server. @throws SourceFault */
  fromProgram(bytes: Buffer): Buffer {
    const plain = bytes.subarray(0, this.#askedHandshake);
    this.#askedHandshake -= plain.length;
    const rest = bytes.subarray(plain.length);
    if (rest.length === 0) return plain;
    return Buffer.concat([plain, ...this.#read(this.#asked, rest).map((message) => this.#toServer(message))]);
  }

  /** What goes on to the program. @throws SourceFault where the server sends it elsewhere, or says what is no RTMP */
  fromServer(bytes: Buffer): Buffer {
    const handshake = Math.min(bytes.length, this.#answeredHandshake);
    this.#answeredHandshake -= handshake;
    if (this.#isTaken || handshake === bytes.length) return bytes;
    this.#greetingBytes += bytes.length - handshake;
    if (this.#greetingBytes > LONGEST_GREETING) throw this.#fault('says too much before it takes a caller');
    for (const message of this.#read(this.#answered, bytes.subarray(handshake))) this.#hear(message);
    return bytes;
  }

  #read(messages: RtmpMessages, bytes: Buffer): readonly RtmpMessage[] {
    try {
      return messages.push(bytes);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      throw this.#fault('does not speak RTMP as a player understands it');
    }
  }

  #toServer(message: RtmpMessage): Buffer {
    const payload = message.type === COMMAND_AMF0 ? this.#named(message.payload) : message.payload;
    const bytes = chunked({ ...message, payload }, this.#chunkBytes);
    if (message.type === SET_CHUNK_SIZE && payload.length >= 4) this.#chunkBytes = payload.readUInt32BE();
    return bytes;
  }

  #named(payload: Buffer): Buffer {
    const values = decodeAmf(payload);
    const [command, number, ...rest] = values;
    if (command === 'connect' && typeof number === 'number') this.#connecting = number;
    const named =
      command === 'connect' ? rest.map((value) => this.#called(value)) : rest.map((value) => this.#real(value));
    return encodeAmf([command, number, ...named]);
  }

  #called(value: AmfValue): AmfValue {
    if (!isAmfObject(value)) return value;
    const { app, tcUrl } = this.place;
    const real: Readonly<Record<string, string>> = { app, tcUrl };
    return { entries: value.entries.map(([name, each]) => [name, real[name] ?? each] as const) };
  }

  #real(value: AmfValue): AmfValue {
    return value === NEUTRAL_STREAM ? this.place.stream : value;
  }

  #hear({ type, payload }: RtmpMessage): void {
    if (type !== COMMAND_AMF0 || this.#isTaken) return;
    const values = this.#decoded(payload);
    const elsewhere = findText(values, 'redirect');
    if (elsewhere !== undefined)
      throw new SourceFault(
        {
          code: 'source.redirected',
          message: `${this.#host} sends its callers on to ${hostOf(elsewhere)}, which is not followed with RTMP. Ask its owner for the address there, and give that instead.`,
        },
        true,
      );
    const [command, number] = values;
    if (command === '_result' && number === this.#connecting) this.#isTaken = true;
  }

  #decoded(payload: Buffer): readonly AmfValue[] {
    try {
      return decodeAmf(payload);
    } catch (error) {
      if (!(error instanceof AmfError)) throw error;
      throw this.#fault('says what cannot be read');
    }
  }

  #fault(what: string): SourceFault {
    return new SourceFault({ code: 'source.bad-answer', message: `${this.#host} ${what}.` }, false);
  }
}

/** Without the path, in which many keep their key. */
const hostOf = (address: string): string => URL.parse(address)?.host || 'another server';
