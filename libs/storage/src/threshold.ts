const units: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const byLowerCase = new Map(Object.entries(units).map(([unit, bytes]) => [unit.toLowerCase(), bytes]));

/** How much of a disk should stay free: bytes, or a share of the whole. */
export class Threshold {
  private constructor(
    readonly text: string,
    readonly kind: 'bytes' | 'percent',
    readonly amount: number,
  ) {}

  /**
   * `5GB` (1000³), `5GiB` (1024³), bytes without a unit, or `10%`; `0` is never reached. Undefined for anything else.
   */
  static parse(text: string): Threshold | undefined {
    const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*|%)$/i.exec(text.trim()) ?? [];
    const number = Number(digits);
    if (digits === '' || !Number.isFinite(number)) return undefined;
    if (unit === '%') return number < 100 ? new Threshold(text, 'percent', number) : undefined;
    const factor = byLowerCase.get(unit.toLowerCase());
    return factor === undefined ? undefined : new Threshold(text, 'bytes', number * factor);
  }

  /** For a disk of that size. */
  bytesOf(totalBytes: number): number {
    return this.kind === 'bytes' ? this.amount : (totalBytes * this.amount) / 100;
  }

  /** Whether it requires more room than the other on every disk; for different kinds that depends on the disk. */
  exceeds(other: Threshold): boolean {
    return this.kind === other.kind && this.amount > other.amount;
  }

  toString(): string {
    return this.text;
  }
}
