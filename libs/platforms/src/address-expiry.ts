/** Parameters by which delivery networks say until when an address is valid. */
const NAMED = /^(exp|expire|expires|expiry|e)$/i;
/** Akamai's tokens: `hdnts=st=…~exp=1700000000~acl=…~hmac=…`. */
const TOKEN = /(?:^|~)exp=(\d{10})(?:~|$)/;
/** As two path segments: `/expire/1700000000/`. */
const PATH = /\/(?:exp|expires?)\/(\d{10})(?:\/|$)/i;
const LONGEST_MS = 366 * 24 * 3600 * 1000;

/**
 * When the address expires according to itself, in milliseconds since the epoch. Undefined if it says nothing credible
 * (a time that is past or years away is some other number).
 */
export function expiryOf(address: string, nowMs: number): number | undefined {
  const url = URL.parse(address);
  if (url === null) return undefined;
  const said = [...url.searchParams].flatMap(([name, value]) => {
    const token = TOKEN.exec(value)?.[1];
    if (token !== undefined) return [Number(token) * 1000];
    return NAMED.test(name) ? [instantOf(value)] : [];
  });
  const inPath = PATH.exec(url.pathname)?.[1];
  if (inPath !== undefined) said.push(Number(inPath) * 1000);
  const credible = said.filter((ms) => ms > nowMs && ms < nowMs + LONGEST_MS);
  return credible.length === 0 ? undefined : Math.min(...credible);
}

/** Seconds or milliseconds since the epoch; NaN for anything else. */
function instantOf(value: string): number {
  if (/^\d{10}$/.test(value)) return Number(value) * 1000;
  return /^\d{13}$/.test(value) ? Number(value) : Number.NaN;
}
