import type { CaptureSource } from './port.js';

/** The address needs another engine, whatever its name says. Nothing was captured. */
export class OtherEngineWanted extends Error {
  override readonly name = 'OtherEngineWanted';

  /** @param contents what the other engine need not find out again */
  constructor(
    readonly engine: NonNullable<CaptureSource['engine']>,
    readonly contents?: CaptureSource['contents'],
  ) {
    super(`The address needs the ${engine} engine`);
  }
}
