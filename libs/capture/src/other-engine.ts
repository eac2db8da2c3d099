import type { CaptureSource } from './port.js';

/** What stands at an address is for another engine, whatever its name says. Nothing was captured. */
export class OtherEngineWanted extends Error {
  override readonly name = 'OtherEngineWanted';

  constructor(
    readonly engine: NonNullable<CaptureSource['engine']>,
    readonly found: 'media' | 'manifest' | 'playlist',
  ) {
    super(`It is for the ${engine} engine: there is ${found === 'manifest' ? 'a DASH manifest' : `a ${found}`}.`);
  }
}
