import { OtherEngineWanted } from './other-engine.js';
import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest } from './port.js';

type Kind = NonNullable<CaptureRequest['source']['engine']>;

/** Hands each capture to the engine that its source needs. */
export class CaptureEngines implements CaptureEngine {
  constructor(
    private readonly engines: Readonly<Record<Kind, CaptureEngine & { prepare?(): void; close?(): Promise<void> }>>,
  ) {}

  /**
   * The address alone is not enough to choose: an engine may find that its source needs another engine. That one then
   * takes over, once.
   */
  async capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving?: AbortSignal,
  ): Promise<CaptureEnd> {
    const { engine = 'hls' } = request.source;
    try {
      return await this.engines[engine].capture(request, reporter, signal, leaving);
    } catch (error) {
      if (!(error instanceof OtherEngineWanted) || error.engine === engine) throw error;
      const { contents } = error;
      const source = { ...request.source, engine: error.engine, ...(contents && { contents }) };
      return this.engines[error.engine].capture({ ...request, source }, reporter, signal, leaving);
    }
  }

  /** Announces that captures will follow, so that anything slow to start can start now. */
  prepare(): void {
    for (const engine of Object.values(this.engines)) engine.prepare?.();
  }

  /** Releases what the engines hold. Captures that still run break, so stop them first. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.engines).map(async (engine) => engine.close?.()));
  }
}
