import { type BorrowedFile, KeptFiles } from '@streamvault/storage';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FileAnswer, headersOf, planAnswer } from '../file-answer.js';
import { isUnlimited, principalOf } from '../principal.js';
import { correlationIdOfMessage } from '../request-metadata.js';
import { admissionKeyOf } from './admission-key.js';
import { type OpenLimit, OpenLimits, refuse } from './open-limits.js';
import { sendRange } from './send-range.js';

/** Of admissions, and of files' places. */
const mostHeld = 4096;

/** `/api/videos/42/stream`, `/api/recordings/7/parts/1.ts`, with or without a query. Anything else is not for the lane. */
const address = /^(\/api\/[a-z]+\/)([1-9]\d{0,14})(\/[a-z]+)(?:\/([\w.]{1,40}))?(\?.*)?$/;

interface LaneRoute {
  /** As Fastify writes it: `/api/videos/:id/stream`. */
  readonly path: string;
  readonly find: (id: number, file: string) => Promise<FileAnswer | undefined>;
}

export interface LaneRules {
  /** What every answer of the server carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly whenAnswered: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Requests with the same key are the same to all who look at them before they are answered. */
interface Admission {
  /** For this very address. */
  readonly one: string;
  /** For everything of the route; undefined where the address says more than what it is about. */
  readonly all: string | undefined;
}

interface Asked {
  readonly route: LaneRoute;
  readonly url: string;
  readonly id: number;
  readonly file: string;
  readonly admission: Admission;
  /** The lane's, when the request came. */
  readonly epoch: number;
}

/**
 * Answers media before the framework does. A player asks for ranges many times a second; the way through hooks, gate, pipeline and query costs
 * fifty times what reading them does.
 *
 * Nothing else is decided here than that too many are open. A request takes the lane only if one just like it, in all that the rules and the gate look at, passed them
 * within the last second: for the same address, or for any of the route where the principal is not limited to some things; if not, or if there is anything to refuse, it goes the usual way, whose answer is the only one of its
 * kind. A write that this process answers ends all admissions, so that a session that was signed out is out at once.
 */
export class FastLane {
  readonly #routes = new Map<string, LaneRoute>();
  readonly #files = new KeptFiles();
  /** Until when, by admission key. */
  readonly #admitted = new Map<string, number>();
  readonly #found = new Map<string, { readonly answer: FileAnswer; readonly until: number }>();
  readonly #passedOn = new WeakMap<IncomingMessage, Asked>();
  readonly #limits = new OpenLimits();
  #rules: { readonly headers: readonly string[]; readonly whenAnswered: LaneRules['whenAnswered'] } | undefined;
  readonly #heldMilliseconds: number;
  #epoch = 0;

  /** @param heldMilliseconds for so long an admission and the place of a file hold without being asked for again */
  constructor({ heldMilliseconds = 1000 } = {}) {
    this.#heldMilliseconds = heldMilliseconds;
  }

  /**
   * @param path with `:id`, and at most one further part behind the name
   * @param find where the file is; undefined or an error where the usual way has to say what is wrong
   */
  route(path: string, find: LaneRoute['find']): void {
    this.#routes.set(path.replace(/\/:(?!id\b)\w+$/, '/:file'), { path, find });
  }

  /** How many requests of a path may be open. Those beyond are refused before rules and gate look at them. */
  limit(path: string, limit: OpenLimit): void {
    this.#limits.set(path, limit);
  }

  open({ headers, whenAnswered }: LaneRules): void {
    this.#rules = { headers: Object.entries(headers).flat(), whenAnswered };
  }

  /** @param passOn answers the usual way */
  take(request: IncomingMessage, response: ServerResponse, passOn: () => void): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.forget();
      passOn();
      return;
    }
    const refusal = this.#limits.refusalOf(request, response);
    if (refusal !== undefined) {
      this.#rules?.whenAnswered(request, response);
      return refuse(request, response, refusal, this.#rules?.headers ?? []);
    }
    const asked = this.#read(request);
    if (asked === undefined) return passOn();
    if (!this.#isAdmitted(asked.admission)) {
      this.#passedOn.set(request, asked);
      return passOn();
    }
    this.#borrow(asked).then(
      (found) => {
        if (response.destroyed) return found?.file.release();
        if (found === undefined || !this.#answer(request, response, found)) passOn();
      },
      // Whatever it is, the usual way meets it too, and says it as it says everything.
      passOn,
    );
  }

  /** The request passed all that stands before its route. Who may see some things only is asked about each. */
  admit(request: FastifyRequest): void {
    const asked = this.#passedOn.get(request.raw);
    if (asked === undefined || asked.epoch !== this.#epoch || asked.route.path !== request.routeOptions.url) return;
    const { one, all } = asked.admission;
    const key = all !== undefined && isUnlimited(principalOf(request)) ? all : one;
    this.#admitted.delete(key);
    this.#admitted.set(key, performance.now() + this.#heldMilliseconds);
    trim(this.#admitted);
  }

  /** Something may have changed: who may ask, or what is where. */
  forget(): void {
    this.#epoch += 1;
    this.#admitted.clear();
    this.#found.clear();
  }

  close(): void {
    this.#files.close();
  }

  #read(request: IncomingMessage): Asked | undefined {
    const { url = '', headers } = request;
    const [, collection = '', id = '', name = '', file, query] = address.exec(url) ?? [];
    const route = this.#routes.get(`${collection}:id${name}${file === undefined ? '' : '/:file'}`);
    // One with a body is read by the framework, as far as it wants to.
    if (route === undefined || this.#rules === undefined) return undefined;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return undefined;
    const all = admissionKeyOf(request, route.path);
    const admission = { one: `${all}\n${url}`, all: query === undefined ? all : undefined };
    return { route, url, id: Number(id), file: file ?? '', admission, epoch: this.#epoch };
  }

  #isAdmitted({ one, all }: Admission): boolean {
    const now = performance.now();
    const until = (key: string) => this.#admitted.get(key) ?? 0;
    return (all !== undefined && until(all) > now) || until(one) > now;
  }

  async #borrow(asked: Asked): Promise<{ answer: FileAnswer; file: BorrowedFile } | undefined> {
    const answer = await this.#find(asked);
    if (answer === undefined) return undefined;
    const file = await this.#files.borrow(answer.root, answer.file);
    return file.ok ? { answer, file } : undefined;
  }

  async #find({ route, url, id, file, epoch }: Asked): Promise<FileAnswer | undefined> {
    const known = this.#found.get(url);
    if (known !== undefined && known.until > performance.now()) return known.answer;
    const answer = await route.find(id, file);
    if (answer !== undefined && epoch === this.#epoch) {
      this.#found.delete(url);
      this.#found.set(url, { answer, until: performance.now() + this.#heldMilliseconds });
      trim(this.#found);
    }
    return answer;
  }

  /** @returns false where it is for the usual way to refuse */
  #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { answer, file }: { answer: FileAnswer; file: BorrowedFile },
  ): boolean {
    const plan = planAnswer(request, file, answer);
    if (plan.status === 412 || plan.status === 416 || this.#rules === undefined) {
      file.release();
      return false;
    }
    const { headers, whenAnswered } = this.#rules;
    const own = Object.entries(headersOf(plan, answer)).flat();
    response.writeHead(plan.status, [...headers, 'x-correlation-id', correlationIdOfMessage(request), ...own]);
    answer.whenSent?.();
    whenAnswered(request, response);
    if (plan.range !== undefined) sendRange(response, file, plan.range);
    else {
      file.release();
      response.end();
    }
    return true;
  }
}

/** The oldest stands first. */
function trim(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= mostHeld) return;
    map.delete(key);
  }
}
