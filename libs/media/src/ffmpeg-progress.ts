/** Reads the output of `-progress`, line by line: how many seconds of the output are done. */
export class FfmpegProgress {
  readonly #decoder = new TextDecoder();
  readonly #onSeconds: (seconds: number) => void;
  #rest = '';

  constructor(onSeconds: (seconds: number) => void) {
    this.#onSeconds = onSeconds;
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // `out_time_ms` has always been microseconds; `N/A` until the first packet.
      const [, microseconds] = /^out_time_ms=(\d+)$/.exec(line) ?? [];
      if (microseconds !== undefined) this.#onSeconds(Number(microseconds) / 1e6);
    }
  }
}
