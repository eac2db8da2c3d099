import { HttpErrorResponse } from '@angular/common/http';
import type { Problem } from '@streamvault/api-contract';

/** Something that went wrong, in words for the user. */
export interface Trouble {
  readonly title: string;
  readonly detail: string;
  /** What to do next. */
  readonly advice: string;
  /** The stable dotted code, or `away` if no server answered. */
  readonly code: string;
  readonly status: number;
  readonly fields: readonly { readonly path: string; readonly message: string }[];
  readonly recordingId: number | null;
  readonly correlationId: string | null;
  /** The server could not be reached or is not ready: the console retries by itself. */
  readonly passing: boolean;
}

const away = {
  title: 'StreamVault does not answer',
  detail: 'The server could not be reached from this browser.',
  advice: 'Check that it is running. This page continues as soon as it answers.',
  code: 'away',
  status: 0,
} as const;

const adviceByStatus: Readonly<Record<number, string>> = {
  400: 'Correct the problems above and try again.',
  401: 'Sign in and try again.',
  403: 'Ask an administrator if you need to do that.',
  404: 'It may have been removed. Go back to the list.',
  409: 'Something changed in the meantime. Check the present state and try again if it is still needed.',
  416: 'Reload the page.',
  429: 'Wait a moment and try again.',
  503: 'The server is there but not ready. This page retries by itself.',
};

/** For codes whose status alone does not say what to do. */
const adviceByCode: Readonly<Record<string, string>> = {
  'disk.low': 'Nothing was begun. The page Storage says how much is free, and what is needed.',
  'disk.gone': 'Nothing was begun. Try again when it is mounted.',
};

type ReadProblem = Partial<Pick<Problem, 'title' | 'detail' | 'code' | 'errors' | 'recordingId'>>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isField = (value: unknown): value is { path: string; message: string } =>
  isObject(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';

/**
 * The readable parts of a problem. A proxy's page, for instance, is not a problem document; then only the status is
 * known.
 */
function problemOf(body: unknown): ReadProblem {
  let value = body;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return {};
    }
  }
  if (!isObject(value)) return {};
  const { title, detail, code, errors, recordingId } = value;
  return {
    ...(typeof title === 'string' && { title }),
    ...(typeof detail === 'string' && { detail }),
    ...(typeof code === 'string' && { code }),
    ...(Array.isArray(errors) && { errors: errors.filter((error) => isField(error)) }),
    ...(typeof recordingId === 'number' && { recordingId }),
  };
}

/** Any failure of a request as {@link Trouble}: an RFC 9457 problem, a foreign answer, or no answer at all. */
export function describeTrouble(error: unknown): Trouble {
  const nothing = { fields: [], recordingId: null, correlationId: null };
  if (!(error instanceof HttpErrorResponse)) {
    const detail = error instanceof Error ? error.message : String(error);
    const advice = 'Reload the page. If it happens again, it is a defect of the console.';
    return { ...nothing, title: 'The console stumbled', detail, advice, code: 'console', status: 0, passing: false };
  }
  if (error.status === 0) return { ...nothing, ...away, passing: true };
  const correlationId = error.headers.get('X-Correlation-Id');
  const problem = problemOf(error.error);
  const passing = [502, 503, 504].includes(error.status);
  const advice =
    adviceByCode[problem.code ?? ''] ??
    adviceByStatus[error.status] ??
    (error.status >= 500
      ? `This is a defect of the server${correlationId === null ? '' : `; its log has the details under ${correlationId}`}. Try again.`
      : 'Try again.');
  return {
    title: problem.title ?? (passing ? 'The server is not ready' : 'The server answered something unexpected'),
    detail: problem.detail ?? `It answered with status ${error.status}.`,
    advice,
    code: problem.code ?? `http.${error.status}`,
    status: error.status,
    fields: problem.errors ?? [],
    recordingId: problem.recordingId ?? null,
    correlationId,
    passing,
  };
}
