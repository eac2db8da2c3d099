import {
  demoAvailability,
  health,
  lifecycle,
  loggedEvent,
  problem,
  queueItem,
  recording,
  recordingAnswer,
  recordingPage,
  streamer,
  streamerPage,
  video,
  videoPage,
  type AddStreamerBody,
  type Problem,
  type Recording,
  type RecordingState,
} from '@streamvault/api-contract';
import { z } from 'zod';
import { type SignedIn, signIn } from './signed-in.js';
import { until } from './until.js';

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON, else undefined. */
  readonly json: unknown;
  readonly bytes: Buffer;
}

/** An answer that the caller cannot use. */
export class UnexpectedAnswer extends Error {
  constructor(
    method: string,
    path: string,
    readonly answer: Answer,
  ) {
    super(`${method} ${path} answered ${answer.status}: ${answer.bytes.toString().slice(0, 1000)}`);
    this.name = new.target.name;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The API as users have it. Every answer is checked against the published schema. */
export class ApiClient {
  #signedIn: Promise<SignedIn> | undefined;

  constructor(private readonly address: () => string) {}

  /** What a request has to send; signs in if necessary. */
  signedIn(): Promise<SignedIn> {
    this.#signedIn ??= signIn(this.address()).catch((error: unknown) => {
      this.#signedIn = undefined;
      throw error;
    });
    return this.#signedIn;
  }

  /** `fetch` for a signed-in user. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(await this.signedIn()), ...(init.headers as Record<string, string> | undefined) };
    return fetch(new URL(path, this.address()), { ...init, headers });
  }

  /** Any request. What holds for every answer is checked; the caller checks the status. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await this.#request(method, path, options);
    if (answer.status !== 401 || this.#signedIn === undefined) return answer;
    // The sessions were lost, for example with their disk: a person would sign in again.
    this.#signedIn = undefined;
    return this.#request(method, path, options);
  }

  async #request(method: string, path: string, { body, headers = {} }: RequestOptions): Promise<Answer> {
    const answer = await fetch(this.address() + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(path !== '/health' && (await this.signedIn())),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type') ?? '';
    const json: unknown = /[/+]json\b/.test(type) && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
    const result = { status: answer.status, headers: answer.headers, json, bytes };
    if (!uuid.test(answer.headers.get('x-correlation-id') ?? ''))
      throw new Error(`${method} ${path} (${answer.status}) has no X-Correlation-Id.`);
    if (answer.status >= 400 && method !== 'HEAD') checkProblem(method, path, result);
    return result;
  }

  /** A refusal, as problem details. */
  async refusal(method: string, path: string, options?: RequestOptions): Promise<Problem> {
    const answer = await this.request(method, path, options);
    if (answer.status < 400) throw new UnexpectedAnswer(method, path, answer);
    return problem.parse(answer.json);
  }

  addStreamer(body: AddStreamerBody) {
    return this.#call('POST', '/api/streamers', streamer, { body }, 201);
  }
  streamers = () => this.#call('GET', '/api/streamers', streamerPage);
  streamer = (id: number) => this.#call('GET', `/api/streamers/${id}`, streamer);

  start = (streamerId: number) => this.#call('POST', `/api/recording/start/${streamerId}`, recordingAnswer);
  stop = (streamerId: number) => this.#call('POST', `/api/recording/stop/${streamerId}`, recordingAnswer);
  cancel = (id: number) => this.#call('POST', `/api/recordings/${id}/cancel`, recordingAnswer);
  retry = (id: number) => this.#call('POST', `/api/recordings/${id}/retry`, recordingAnswer);

  recordings = (query = '') => this.#call('GET', `/api/recordings${query}`, recordingPage);
  recording = (id: number) => this.#call('GET', `/api/recordings/${id}`, recording);
  story = (id: number) => this.#call('GET', `/api/recordings/${id}/events`, z.array(loggedEvent));
  lifecycle = () => this.#call('GET', '/api/recordings/lifecycle', lifecycle);
  queue = () => this.#call('GET', '/api/queue', z.object({ items: z.array(queueItem) }));

  videos = (query = '') => this.#call('GET', `/api/videos${query}`, videoPage);
  video = (id: number) => this.#call('GET', `/api/videos/${id}`, video);

  demo = () => this.#call('GET', '/api/demo', demoAvailability);
  addDemo = () => this.#call('POST', '/api/demo', streamer);
  health = () => this.#call('GET', '/health', health);

  /**
   * The names of the health checks that warn or are down, in order. Not `streamlink`: where no test sets one, it is the
   * machine's own, which may be too old.
   */
  async warnings(): Promise<string[]> {
    const { checks } = await this.health();
    return Object.keys(checks)
      .filter((name) => name !== 'streamlink' && checks[name]?.status !== 'ok')
      .toSorted();
  }

  /** The playlist over what is captured so far. */
  async playlist(id: number): Promise<string> {
    const path = `/api/recordings/${id}/playlist.m3u8`;
    const answer = await this.request('GET', path);
    if (answer.status !== 200) throw new UnexpectedAnswer('GET', path, answer);
    return answer.bytes.toString();
  }

  /** The recording once it is in one of these states. Fails at once if it ended in another. */
  reaches(id: number, states: RecordingState | readonly RecordingState[], seconds = 40): Promise<Recording> {
    return this.recordingThat(
      id,
      `is ${String(states)}`,
      ({ state }) => (typeof states === 'string' ? state === states : states.includes(state)),
      seconds,
    );
  }

  /** The recording once the condition is true. Fails at once if it ended before. */
  async recordingThat(id: number, what: string, is: (now: Recording) => boolean, seconds = 40): Promise<Recording> {
    let last: Recording | undefined;
    const found = await until(
      `recording ${id} ${what}`,
      async () => {
        last = await this.recording(id);
        return (is(last) || ['completed', 'failed', 'cancelled'].includes(last.state)) && last;
      },
      { seconds },
    ).catch((error: unknown) => {
      throw new Error(`Recording ${id} was not to be seen so that it ${what}: ${JSON.stringify(last)}`, {
        cause: error,
      });
    });
    if (!is(found)) throw new Error(`Recording ${id} never ${what}: ${JSON.stringify(found)}`);
    return found;
  }

  async #call<Schema extends z.ZodType>(
    method: string,
    path: string,
    schema: Schema,
    options: RequestOptions = {},
    status = 200,
  ): Promise<z.infer<Schema>> {
    const answer = await this.request(method, path, options);
    if (answer.status !== status) throw new UnexpectedAnswer(method, path, answer);
    return schema.parse(answer.json);
  }
}

/** RFC 9457, and our own rules: a dotted code, the same status, the requested path, never a 500. */
export function checkProblem(method: string, path: string, answer: Answer): void {
  if (answer.status === 500) throw new UnexpectedAnswer(method, path, answer);
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json'))
    throw new UnexpectedAnswer(method, path, answer);
  const said = problem.parse(answer.json);
  if (said.status !== answer.status || !/^[a-z-]+(\.[a-z-]+)+$/.test(said.code) || said.detail.trim() === '')
    throw new UnexpectedAnswer(method, path, answer);
}
