import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  HlsCaptureEngine,
  readLedger,
  type AdChoice,
  type CaptureEnd,
  type CaptureFact,
  type CaptureProgress,
  type CaptureReporter,
  type CaptureRequest,
  type Cause,
  type Clock,
  type HlsCaptureSettings,
  type Ledger,
} from '@streamvault/capture';

/** A clock that is `rate` times as fast as the real one. */
export function fastClock(rate: number): Clock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * rate,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, Math.max(1, milliseconds / rate));
        signal.addEventListener('abort', end);
        if (signal.aborted) end();
      }),
    every: (milliseconds, call) => {
      const timer = setInterval(call, milliseconds / rate);
      return () => clearInterval(timer);
    },
    random: () => Math.random(),
  };
}

type FactOf<Kind extends CaptureFact['kind']> = Extract<CaptureFact, { readonly kind: Kind }>;

/** Keeps what is reported and lets a test wait for it. */
export class Witness implements CaptureReporter {
  readonly facts: CaptureFact[] = [];
  #progress: CaptureProgress | undefined;
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  fact(fact: CaptureFact): Promise<void> {
    this.facts.push(fact);
    this.#wake();
    return Promise.resolve();
  }

  progress(progress: CaptureProgress): void {
    this.#progress = progress;
    this.#wake();
  }

  #wake(): void {
    const held = this.#waiting.filter(({ holds }) => holds());
    this.#waiting = this.#waiting.filter((waiting) => !held.includes(waiting));
    for (const { resolve } of held) resolve();
  }

  async #until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }));
  }

  of<Kind extends CaptureFact['kind']>(kind: Kind): FactOf<Kind>[] {
    return this.facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind);
  }

  async told<Kind extends CaptureFact['kind']>(kind: Kind, times = 1): Promise<FactOf<Kind>> {
    await this.#until(() => this.of(kind).length >= times);
    return this.of(kind)[times - 1]!;
  }

  /** Why nothing comes, while that is so. */
  get interruption(): Cause | undefined {
    const last = this.facts.findLast(({ kind }) => kind === 'interrupted' || kind === 'resumed');
    return last?.kind === 'interrupted' ? last.cause : undefined;
  }

  /** Settles while nothing comes, for that reason or for any. */
  interrupted(code?: string): Promise<void> {
    return this.#until(
      () => this.interruption !== undefined && (code ?? this.interruption.code) === this.interruption.code,
    );
  }

  resumed(): Promise<void> {
    return this.#until(() => this.interruption === undefined);
  }

  segments(count: number): Promise<void> {
    return this.#until(() => (this.#progress?.segments ?? 0) >= count);
  }
}

export interface CaptureRunOptions {
  readonly directory: string;
  readonly url: string;
  /** Instead of the address alone. */
  readonly source?: CaptureRequest['source'];
  readonly quality?: string;
  readonly ads?: AdChoice;
  readonly settings?: Partial<HlsCaptureSettings>;
  readonly rate?: number;
  readonly reporter?: CaptureReporter;
}

/** One capture by an engine of its own. */
export class CaptureRun {
  readonly witness = new Witness();
  readonly end: Promise<CaptureEnd>;
  /** The capture's time. */
  readonly clock: Clock;
  readonly #abort = new AbortController();
  readonly #engine: HlsCaptureEngine;

  constructor({
    directory,
    url,
    source = { url },
    quality = 'best',
    ads,
    settings = {},
    rate = 20,
    reporter,
  }: CaptureRunOptions) {
    this.clock = fastClock(rate);
    this.#engine = new HlsCaptureEngine(settings, this.clock);
    const request = { recordingId: 7, directory, source, quality, ...(ads && { ads }) };
    this.end = this.#run(request, reporter ?? this.witness);
    // Its awaiting caller handles it; a test that fails earlier must not be hidden by it.
    this.end.catch(() => undefined);
  }

  async #run(request: CaptureRequest, reporter: CaptureReporter): Promise<CaptureEnd> {
    try {
      return await this.#engine.capture(request, reporter, this.#abort.signal);
    } finally {
      await this.#engine.close();
    }
  }

  /** @param reason as the recorder would give it; by default a person's wish */
  stop(reason?: string): Promise<CaptureEnd> {
    this.#abort.abort(reason);
    return this.end;
  }
}

export async function ledgerOf(directory: string): Promise<Ledger> {
  const ledger = await readLedger(directory);
  if (ledger === undefined) throw new Error('There is no ledger');
  return ledger;
}

/** The hashes of what is stored, segment by segment, read from the parts where the ledger says. */
export async function storedHashes(directory: string): Promise<string[]> {
  const ledger = await ledgerOf(directory);
  const files = new Map<string, Buffer>();
  for (const { file } of ledger.parts) files.set(file, await readFile(path.join(directory, file)));
  return ledger.segments.map(({ part, offset, length }) =>
    createHash('sha256')
      .update(files.get(part.file)!.subarray(offset, offset + length))
      .digest('hex'),
  );
}
