import { readLedger, type Ledger } from '@streamvault/capture';
import path from 'node:path';
import { ApiClient } from './api-client.js';
import { LiveFeedClient } from './live-feed-client.js';
import { administratorSettings } from './signed-in.js';
import { ServerProcess, type Exit } from './server-process.js';
import { until, within } from './until.js';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** An installation of StreamVault: its folder, its settings, and the server that runs on them, one after the other. */
export class StreamVault {
  readonly api = new ApiClient(() => this.address);
  readonly #settings: Readonly<Record<string, string>>;
  readonly #feeds: LiveFeedClient[] = [];
  #process: ServerProcess | undefined;
  #address: string | undefined;
  #formerLog = '';

  constructor(
    readonly directory: string,
    settings: Readonly<Record<string, string>> = {},
  ) {
    this.#settings = settings;
  }

  get dataDirectory(): string {
    return this.#settings['DATA_DIR'] ?? path.join(this.directory, 'data');
  }

  get recordingsDirectory(): string {
    return this.#settings['RECORDINGS_DIR'] ?? path.join(this.dataDirectory, 'recordings');
  }

  workFolder(recordingId: number): string {
    return path.join(this.dataDirectory, 'work', `recording-${recordingId}`);
  }

  async ledger(recordingId: number): Promise<Ledger> {
    const ledger = await readLedger(this.workFolder(recordingId));
    if (!ledger) throw new Error(`Recording ${recordingId} has no ledger.`);
    return ledger;
  }

  /** `http://127.0.0.1:<port>`: the same for every run of the server. */
  get address(): string {
    if (this.#address === undefined) throw new Error('The server has not been started.');
    return this.#address;
  }

  /** From the start, because of its settings. */
  get hasAdministrator(): boolean {
    return this.#settings['ADMIN_PASSWORD'] !== '';
  }

  isAt(address: string): boolean {
    return this.#address !== undefined && new URL(address).origin === this.#address;
  }

  get pid(): number {
    if (!this.#process) throw new Error('The server has not been started.');
    return this.#process.pid;
  }

  /** What all runs so far wrote, including standard error. */
  get log(): string {
    return this.#formerLog + (this.#process ? this.#process.out + this.#process.err : '');
  }

  get logLines(): LogLine[] {
    return this.log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): LogLine => JSON.parse(line));
  }

  /**
   * Starts the server, again on its earlier port. Settles when it is healthy, or only when it answers if it cannot be.
   */
  async start({ isWell = true } = {}): Promise<void> {
    if (this.#process?.isRunning) throw new Error('The server runs already.');
    this.#formerLog = this.log;
    const server = new ServerProcess(
      {
        DATA_DIR: this.dataDirectory,
        LOG_FORMAT: 'json',
        ...administratorSettings,
        PORT: this.#address === undefined ? '0' : new URL(this.#address).port,
        ...this.#settings,
      },
      this.directory,
    );
    this.#process = server;
    this.#address = await until(
      'the server told its address',
      () => {
        if (!server.isRunning) throw new Error('The server ended instead.');
        return /Listening on (http:\/\/[^\s"]+)/.exec(server.out)?.[1];
      },
      { seconds: 30 },
    );
    await until('the server was healthy', async () => {
      const { status } = await fetch(`${this.address}/health`);
      return status === (isWell ? 200 : 503);
    });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** SIGTERM, as an init system does it; returns how long the server took. */
  async stop(): Promise<Exit & { readonly seconds: number }> {
    if (!this.#process) throw new Error('The server has not been started.');
    const before = performance.now();
    this.#process.send('SIGTERM');
    const exit = await within(20, 'the server went after SIGTERM', this.#process.exited);
    return { ...exit, seconds: (performance.now() - before) / 1000 };
  }

  async restart(as: { readonly isWell?: boolean } = {}): Promise<void> {
    await this.stop();
    await this.start(as);
  }

  /** A connection to the live feed that has caught up. */
  async follow(lastEventId?: string): Promise<LiveFeedClient> {
    const feed = await LiveFeedClient.connect(this.address, await this.api.signedIn(), lastEventId);
    this.#feeds.push(feed);
    await feed.next('the feed had caught up', ({ name }) => name === 'caughtUp');
    return feed;
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) await feed.close();
    if (!this.#process?.isRunning) return;
    this.#process.send('SIGTERM');
    // A server that hangs is found by the tests of stopping; here it must only end.
    await within(8, 'the server went', this.#process.exited).catch(() => this.#process?.kill());
  }
}
