import { OtherEngineWanted } from './other-engine.js';
import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest } from './port.js';

type Kind = NonNullable<CaptureRequest['source']['engine']>;

/** Hands each capture to the engine that its source needs. */
export class CaptureEngines implements CaptureEngine {
  constructor(
    private readonly engines: Readonly<Record<Kind, CaptureEngine & { prepare?(): void; close?(): Promise<void> }>>,
  ) {}

  /** What stands at an address decides in the end: an engine that finds something for another is followed by that one, once. */
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

  /** There will be captures: what takes a while to begin is begun. */
  prepare(): void {
    for (const engine of Object.values(this.engines)) engine.prepare?.();
  }

  /** Lets go of what the engines hold. Captures that still run break: stop them first. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.engines).map(async (engine) => engine.close?.()));
  }
}
