/** The account of the tests' servers. */
export const administrator = { name: 'tester', password: 'quiet harbour before dawn' } as const;

/** Makes a server know {@link administrator} from its first start. */
export const administratorSettings = {
  ADMIN_NAME: administrator.name,
  ADMIN_PASSWORD: administrator.password,
} as const;

export type SignedIn = Readonly<{ Cookie: string; Origin: string }>;

const known = new Map<string, SignedIn>();

/**
 * The latest credentials for the server of an address; nothing for other servers. For programs that play what a test
 * recorded.
 */
export const signedInAt = (address: string): SignedIn | undefined => known.get(new URL(address).origin);

/** Signs in as a browser does, and returns what it would send from then on. */
export async function signIn(
  address: string,
  { name, password }: { readonly name: string; readonly password: string } = administrator,
): Promise<SignedIn> {
  const { origin: Origin } = new URL(address);
  const answer = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin },
    body: JSON.stringify({ name, password }),
  });
  if (!answer.ok) throw new Error(`Signing in answers ${answer.status}: ${await answer.text()}`);
  const Cookie = answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
  known.set(Origin, { Cookie, Origin });
  return { Cookie, Origin };
}
