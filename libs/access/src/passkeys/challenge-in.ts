/** The challenge that a browser says it answers (WebAuthn, section 5.8.1); undefined for anything else. */
export function challengeIn(clientDataJson: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString()) as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    // It comes from outside and may be anything.
    return undefined;
  }
}
