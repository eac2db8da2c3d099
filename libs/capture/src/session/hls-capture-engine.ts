import path from 'node:path';
import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest, CaptureSource } from '../port.js';
import { DirectWrites } from '../ledger/direct-writes.js';
import { Gate } from '../ledger/gate.js';
import { BlockPool } from '../memory/block-pool.js';
import { Connections } from '@streamvault/network';
import { unwatched, type Reading } from '../reading.js';
import { Beginnings } from './beginnings.js';
import { CaptureSession } from './capture-session.js';
import { systemClock, type Clock } from './clock.js';
import { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import { HttpClient } from './http-client.js';
import { DEFAULT_HLS_SETTINGS, type HlsCaptureSettings } from './settings.js';

const TICK_MS = 1000;
/** Longer than segments usually are, so that memory that each of them needs again is not released in between. */
const TICKS_PER_TRIM = 10;
/** Together with writes they leave one of Node's four file threads free for others. */
const SYNCS_AT_ONCE = 1;
const WRITES_AT_ONCE = 2;
export interface HlsEngineOptions {
  /** Connections that others share; closed with the engine. */
  readonly connections?: Connections;
  readonly readingFor?: (recordingId: number) => Reading;
}

const NEVER = new AbortController().signal;

/**
 * Records live HLS in this process. Any number of captures share its connections, one timer and the limits on disk
 * access. It fetches http and https only, follows RFC 8216, and never gives up on what may come back: when to end is
 * its owner's decision.
 */
export class HlsCaptureEngine implements CaptureEngine {
  readonly #settings: HlsCaptureSettings;
  readonly #connections: Connections;
  readonly #readingFor: (recordingId: number) => Reading;
  readonly #syncGate = new Gate(SYNCS_AT_ONCE);
  readonly #direct: DirectWrites | undefined;
  readonly #budget: FetchBudget;
  readonly #beginnings = new Beginnings();
  readonly #pool = new BlockPool();
  #ticks = 0;
  readonly #sessions = new Map<string, CaptureSession>();
  #stopTicking: (() => void) | undefined;

  constructor(
    settings: Partial<HlsCaptureSettings> = {},
    private readonly clock: Clock = systemClock,
    private readonly web: (source: CaptureSource) => Http = (source) =>
      new HttpClient(this.#settings, this.#connections, source),
    { connections, readingFor = () => unwatched }: HlsEngineOptions = {},
  ) {
    this.#settings = { ...DEFAULT_HLS_SETTINGS, ...settings };
    this.#connections = connections ?? new Connections(this.#settings);
    this.#readingFor = readingFor;
    this.#budget = new FetchBudget(this.#settings);
    if (this.#settings.directWrites)
      this.#direct = new DirectWrites(this.#pool, new Gate(WRITES_AT_ONCE), () => clock.now());
  }

  /** @throws Error if the folder is being captured into already */
  async capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving: AbortSignal = NEVER,
  ): Promise<CaptureEnd> {
    const folder = path.resolve(request.directory);
    if (this.#sessions.has(folder)) throw new Error(`Recording ${request.recordingId} is being captured already`);
    const { clock } = this;
    const http = this.web(request.source);
    const services = {
      http,
      settings: this.#settings,
      clock,
      syncGate: this.#syncGate,
      budget: this.#budget,
      beginnings: this.#beginnings,
      pool: this.#pool,
      direct: this.#direct,
      reading: this.#readingFor(request.recordingId),
    };
    const session = new CaptureSession(request, reporter, { stop: signal, leaving }, services);
    this.#sessions.set(folder, session);
    this.#stopTicking ??= clock.every(TICK_MS, () => this.#tick());
    try {
      return await session.run();
    } finally {
      this.#sessions.delete(folder);
      if (this.#sessions.size === 0) {
        this.#stopTicking?.();
        this.#stopTicking = undefined;
        // Twice, because blocks may have been used since the last call.
        this.#pool.trim();
        this.#pool.trim();
      }
    }
  }

  /** Closes the connections. Captures that still run fail to reach their source, so stop them first. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
    this.#ticks += 1;
    if (this.#ticks % TICKS_PER_TRIM === 0) this.#pool.trim();
  }
}
