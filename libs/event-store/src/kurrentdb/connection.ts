import { errorCode } from '@streamvault/failures';
import { KurrentDBClient, type SingleNodeOptions } from '@kurrent/kurrentdb-client';
import { readFileSync } from 'node:fs';
import { UnsupportedEventStoreUrl } from '../errors.js';
import { connectionStringWithoutCredentials, type KurrentDbSettings } from './connection-settings.js';

/** PEM files, read once. An unreadable one stops the start with its key's name; the native half would panic. */
export interface TlsFiles {
  readonly rootCertificate?: Buffer;
  readonly userCertFile?: Buffer;
  readonly userKeyFile?: Buffer;
}

/** @throws UnsupportedEventStoreUrl */
export function readTlsFiles(settings: KurrentDbSettings): TlsFiles {
  if (!settings.tls) return {};
  const { tlsCAFile, userCertFile, userKeyFile } = settings;
  return {
    ...(tlsCAFile !== undefined && { rootCertificate: readPem('tlsCAFile', tlsCAFile) }),
    ...(userCertFile !== undefined && { userCertFile: readPem('userCertFile', userCertFile) }),
    ...(userKeyFile !== undefined && { userKeyFile: readPem('userKeyFile', userKeyFile) }),
  };
}

/**
 * The half of the client that writes and subscribes (JavaScript, one HTTP/2 channel, reconnects by itself). Made by its
 * constructor, because `connectionString` needs the password in a text, and logs that text.
 */
export class WritingClient extends KurrentDBClient {
  #channel: ReturnType<KurrentDBClient['getChannel']> | undefined;

  constructor(settings: KurrentDbSettings, tls: TlsFiles, reading: KurrentDBClient) {
    const user = settings.tls ? settings.credentials : undefined;
    super(
      reading.rustClient,
      clientOptions(settings),
      settings.tls ? { insecure: false, ...tls } : { insecure: true },
      user,
    );
    const getChannel = this.getChannel;
    this.getChannel = () => (this.#channel = getChannel());
  }

  /** `dispose` alone leaves the connection open, and with it the process alive. */
  async close(): Promise<void> {
    await this.dispose();
    // A channel that could not be made does not need closing.
    const channel = await this.#channel?.catch(() => undefined);
    channel?.close();
  }
}

/**
 * Both halves of the official client. The reading half is native. If it fails to connect before its first success, it
 * never tries again, so after a failed read it has to be replaced.
 */
export class Connection {
  readonly settings: KurrentDbSettings;
  readonly #tls: TlsFiles;
  readonly #text: string;
  #reading: KurrentDBClient;
  #writing: WritingClient;
  #renewedAt = 0;

  /** @throws UnsupportedEventStoreUrl */
  constructor(settings: KurrentDbSettings) {
    this.settings = settings;
    this.#tls = readTlsFiles(settings);
    this.#text = connectionStringWithoutCredentials(settings);
    this.#reading = KurrentDBClient.connectionString(this.#text);
    this.#writing = new WritingClient(settings, this.#tls, this.#reading);
  }

  get tls(): TlsFiles {
    return this.#tls;
  }

  get reading(): KurrentDBClient {
    return this.#reading;
  }

  get writing(): KurrentDBClient {
    return this.#writing;
  }

  /** Passed with every read: the native half would use the percent-encoded form from a connection string unchanged. */
  get readOptions(): { credentials?: { username: string; password: string } } {
    const { tls, credentials } = this.settings;
    return tls && credentials !== undefined ? { credentials } : {};
  }

  renewReading(failed: KurrentDBClient): void {
    if (failed !== this.#reading || Date.now() - this.#renewedAt < 200) return;
    this.#renewedAt = Date.now();
    this.#reading = KurrentDBClient.connectionString(this.#text);
  }

  /** For a channel that swallowed a call. Its running calls fail and are repeated on the new one. */
  async renewWriting(failed: KurrentDBClient): Promise<void> {
    if (failed !== this.#writing) return;
    const old = this.#writing;
    this.#writing = new WritingClient(this.settings, this.#tls, this.#reading);
    await old.close();
  }

  close(): Promise<void> {
    return this.#writing.close();
  }
}

function clientOptions(settings: KurrentDbSettings): SingleNodeOptions {
  const { discover, hosts, connectionName, discoveryInterval, maxDiscoverAttempts } = settings;
  const { defaultDeadline, keepAliveInterval, keepAliveTimeout } = settings;
  const options = {
    defaultDeadline,
    keepAliveInterval,
    keepAliveTimeout,
    throwOnAppendFailure: true,
    ...(connectionName !== undefined && { connectionName }),
  };
  const cluster = { ...options, discoveryInterval, maxDiscoverAttempts, nodePreference: 'leader' };
  const [first] = hosts;
  if (first === undefined) throw new UnsupportedEventStoreUrl('The KurrentDB URL names no host.');
  if (!discover && hosts.length === 1) return { ...options, endpoint: { ...first } };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the constructor takes any of three shapes, but not their union
  return {
    ...cluster,
    ...(discover ? { discover: { ...first } } : { endpoints: [...hosts] }),
  } as unknown as SingleNodeOptions;
}

function readPem(key: string, path: string): Buffer {
  try {
    const pem = readFileSync(path);
    if (pem.includes('-----BEGIN ')) return pem;
  } catch (error) {
    const code = errorCode(error) ?? 'unreadable';
    throw new UnsupportedEventStoreUrl(`The file of ${key} in the KurrentDB URL cannot be read (${code}).`);
  }
  throw new UnsupportedEventStoreUrl(`The file of ${key} in the KurrentDB URL is not a PEM file.`);
}
