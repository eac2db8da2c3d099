import { hash } from 'node:crypto';

/** Any fixed UUID works (RFC 9562 §5.5). It separates our ids from those of others. Never change it. */
const namespace = Buffer.from('6f1d1b6c6a1e5c3e9a4b5d2f0c7e8a91', 'hex');

/** A version 5 UUID: the same parts give the same id, on every machine and for ever. */
export function deterministicId(...parts: readonly (string | number | bigint)[]): string {
  // JSON distinguishes ('a', 'bc') from ('ab', 'c').
  const name = Buffer.from(JSON.stringify(parts.map(String)));
  const hex = hash('sha1', Buffer.concat([namespace, name]), 'hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
