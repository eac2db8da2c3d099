import { generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (data: string | Buffer): Buffer => hash('sha256', data, 'buffer');

/** CBOR (RFC 8949), as far as an attestation needs it: the head of a value of a major type. */
function head(major: number, length: number): Buffer {
  const first = major << 5;
  if (length < 24) return Buffer.from([first | length]);
  return length < 256 ? Buffer.from([first | 24, length]) : Buffer.from([first | 25, length >> 8, length & 255]);
}
const integer = (value: number): Buffer => (value >= 0 ? head(0, value) : head(1, -1 - value));
const bytesOf = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value]);
const textOf = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);

export interface AuthenticatorOptions {
  /** The origin that the browser reports. */
  readonly origin: string;
  readonly rpId: string;
  /** Whether the user proved who he is, by a fingerprint for example. */
  readonly verifiesUser?: boolean;
}

/** An authenticator with one passkey (WebAuthn Level 3, section 6), ES256. */
export class SoftwareAuthenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly id = base64url(randomBytes(32));
  #userHandle = '';
  counter = 0;

  constructor(private readonly options: AuthenticatorOptions) {}

  /** As `navigator.credentials.create()` answers, in JSON. */
  create(options: { challenge: string; user: { id: string } }) {
    this.#userHandle = options.user.id;
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    // COSE_Key of RFC 9053, section 7.1.1.
    const publicKey = Buffer.concat([
      head(5, 5),
      integer(1),
      integer(2),
      integer(3),
      integer(-7),
      integer(-1),
      integer(1),
      integer(-2),
      bytesOf(Buffer.from(x, 'base64url')),
      integer(-3),
      bytesOf(Buffer.from(y, 'base64url')),
    ]);
    const id = Buffer.from(this.id, 'base64url');
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, publicKey]);
    const attestation = Buffer.concat([
      head(5, 3),
      textOf('fmt'),
      textOf('none'),
      textOf('attStmt'),
      head(5, 0),
      textOf('authData'),
      bytesOf(this.#data(attested)),
    ]);
    return this.#answer({
      clientDataJSON: this.#client('webauthn.create', options.challenge),
      attestationObject: base64url(attestation),
      transports: ['internal'],
    });
  }

  /** As `navigator.credentials.get()` answers, in JSON. */
  get(options: { challenge: string }) {
    const data = this.#data();
    const clientDataJSON = this.#client('webauthn.get', options.challenge);
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    return this.#answer({
      clientDataJSON,
      authenticatorData: base64url(data),
      signature: base64url(sign('sha256', signed, this.#keys.privateKey)),
      userHandle: this.#userHandle,
    });
  }

  #answer<Response extends object>(response: Response) {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #client(type: string, challenge: string): string {
    return base64url(Buffer.from(JSON.stringify({ type, challenge, origin: this.options.origin, crossOrigin: false })));
  }

  /** Authenticator data: the hash of the site's id, flags, counter. */
  #data(attested: Buffer = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const flags = 0x01 | (this.options.verifiesUser === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    return Buffer.concat([sha256(this.options.rpId), Buffer.from([flags]), counter, attested]);
  }
}
