/** `sv_<id>_<secret>_<check>`: by the prefix, scanners find a key that was published by mistake. */
const pattern = /^sv_([0-9a-f]{16})_([\w-]{43})_([0-9a-f]{8})$/;

export interface KeyText {
  readonly id: string;
  readonly secret: string;
}

export function writeKey({ id, secret }: KeyText): string {
  const body = `sv_${id}_${secret}`;
  return `${body}_${checkOf(body)}`;
}

/**
 * Undefined for text that cannot be a key, without access to the records: a letter is missing, or it is something else.
 */
export function readKey(text: string): KeyText | undefined {
  const [, id, secret, check] = pattern.exec(text.trim()) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return checkOf(`sv_${id}_${secret}`) === check ? { id, secret } : undefined;
}

/** FNV-1a, 32 bits: against typing errors, not against attacks. */
function checkOf(text: string): string {
  let sum = 0x811c9dc5;
  for (const letter of text) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, '0');
}
