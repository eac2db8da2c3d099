import type { CaptureSource } from './port.js';

/** What stands at an address is for another engine, whatever its name says. Nothing was captured. */
export class OtherEngineWanted extends Error {
  override readonly name = 'OtherEngineWanted';

  /** @param contents what the other engine need not find out again */
  constructor(
    readonly engine: NonNullable<CaptureSource['engine']>,
    readonly contents?: CaptureSource['contents'],
  ) {
    super(`What stands at the address is for the ${engine} engine`);
  }
}
