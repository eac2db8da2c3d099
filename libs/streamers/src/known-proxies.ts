import { UnknownProxy } from './domain/streamer-errors.js';
import type { ProxyNames } from './ports.js';

/** The route without a proxy; no proxy can have that name. */
const direct = 'direct';

/** @throws UnknownProxy if the settings lack a wanted name */
export function requireKnown(wanted: readonly string[] | null | undefined, { names }: ProxyNames): void {
  const unknown = (wanted ?? []).filter((name) => name !== direct && !names.includes(name));
  if (unknown.length > 0) throw new UnknownProxy(unknown, names);
}
