import { z } from 'zod';
import type { TokenSource } from './app-token.js';
import { RateGate } from './rate-gate.js';
import { TwitchFailure } from './twitch-errors.js';
import { pause, type TwitchAnswer, type TwitchHttp } from './twitch-http.js';

export interface HelixCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Repeated parameters as lists. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly json?: unknown;
  /** It can wait for others: for making many subscriptions. */
  readonly isPatient?: boolean;
}

const complaint = z.object({ message: z.string().catch('') });
const firstPauses = [500, 2000];
const tries429 = 3;

/**
 * Calls Helix: with a token, within the rate limit. A refused token is replaced once, and a server fault is retried.
 */
export class Helix {
  readonly #parts: { readonly baseUrl: string; readonly clientId: string; readonly http: TwitchHttp };
  readonly gate = new RateGate();
  #calls = 0;

  constructor(parts: { readonly baseUrl: string; readonly clientId: string; readonly http: TwitchHttp }) {
    this.#parts = parts;
  }

  /** Requests made so far. */
  get calls(): number {
    return this.#calls;
  }

  /**
   * @returns an answer of 2xx
   * @throws TwitchFailure
   */
  async call(path: string, call: HelixCall, tokens: TokenSource, signal: AbortSignal): Promise<TwitchAnswer> {
    let wasReplaced = false;
    let slowed = 0;
    for (let failures = 0; ;) {
      await this.gate.pass(call.isPatient === true, signal);
      const token = await tokens.get(signal);
      const answer = await this.#once(path, call, token, signal);
      if (answer instanceof TwitchFailure || answer.status >= 500) {
        const wait = firstPauses[failures++];
        if (wait === undefined) throw answer instanceof TwitchFailure ? answer : awayWith(answer.status);
        await pause(wait * (0.5 + Math.random()), signal);
        continue;
      }
      const { status } = answer;
      if (status === 401 && !wasReplaced) {
        wasReplaced = true;
        tokens.refused(token);
        continue;
      }
      // A 429 with points left concerns the request itself: too many conduits, or too many subscriptions of a kind.
      if (status === 429 && (this.gate.remaining ?? 0) === 0 && slowed++ < tries429) {
        this.gate.close();
        continue;
      }
      if (status >= 200 && status < 300) return answer;
      throw refusal(path, answer);
    }
  }

  async #once(path: string, { method, query = {}, json }: HelixCall, token: string, signal: AbortSignal) {
    const { baseUrl, clientId, http } = this.#parts;
    const url = new URL(`${baseUrl}${path}`);
    for (const [name, value] of Object.entries(query))
      for (const one of typeof value === 'object' ? value : [value])
        if (one !== undefined) url.searchParams.append(name, String(one));
    this.#calls += 1;
    try {
      const headers = { Authorization: `Bearer ${token}`, 'Client-Id': clientId };
      const answer = await http.send(url, { method: method ?? 'GET', headers, json, signal });
      this.gate.note(answer.headers);
      return answer;
    } catch (error) {
      if (error instanceof TwitchFailure) return error;
      throw error;
    }
  }
}

const awayWith = (status: number) =>
  new TwitchFailure('away', `Twitch has a fault of its own (HTTP ${status}). StreamVault retries.`, status);

function refusal(path: string, { status, body }: TwitchAnswer): TwitchFailure {
  const words = complaint.safeParse(body).data?.message.slice(0, 200) ?? '';
  const why = words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words}`;
  if (status === 401)
    return new TwitchFailure('credentials', `Twitch refuses the token that it gave out itself (${why}).`, status, body);
  if (status === 429) return new TwitchFailure('too-fast', `Twitch wants less at ${path} (${why}).`, status, body);
  return new TwitchFailure('refused', `Twitch refuses ${path} (${why}).`, status, body);
}
