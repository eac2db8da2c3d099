/** The program of the capture thread: the engines, and the other end of {@link ThreadedCaptureEngine}. */
import { Connections } from '@streamvault/network';
import { threadOwner } from '@streamvault/threads';
import { CaptureEngines } from '../capture-engines.js';
import { FfmpegCaptureEngine } from '../ffmpeg/ffmpeg-capture-engine.js';
import type { Reading } from '../reading.js';
import { systemClock } from '../session/clock.js';
import { HlsCaptureEngine } from '../session/hls-capture-engine.js';
import { DEFAULT_HLS_SETTINGS } from '../session/settings.js';
import { BROADCAST_OVER } from '../port.js';
import type { CaptureEngine, CaptureProgress, CaptureRequest, CaptureSource } from '../port.js';
import {
  outcomeOf,
  unwrap,
  type FromThread,
  type Outcome,
  type PlainRequest,
  type ThreadData,
  type ToThread,
} from './messages.js';

const { data, heart, leave, listen, tell } = threadOwner<ThreadData, ToThread, FromThread>();
const { ffmpeg, hls } = data;
const captures = new Map<number, { readonly stop: AbortController; readonly leaving: AbortController }>();
const calls = new Map<number, (outcome: Outcome<unknown>) => void>();
let lastCall = 0;
let progress = new Map<number, CaptureProgress>();

const readingFor =
  (recordingId: number): Reading =>
  (work) =>
    heart.during(recordingId, work);
const connections = new Connections(
  { ...DEFAULT_HLS_SETTINGS, ...hls },
  { proxyNews: (key, record) => tell({ kind: 'proxy', key, record }) },
);
const engine = new CaptureEngines({
  hls: new HlsCaptureEngine(hls, systemClock, undefined, { connections, readingFor }),
  ffmpeg: new FfmpegCaptureEngine(ffmpeg, connections, systemClock, readingFor),
});

/** All captures report progress in the same turn of each second, so one message carries all of it. */
function tellProgress(capture: number, told: CaptureProgress): void {
  if (progress.size === 0) queueMicrotask(flushProgress);
  progress.set(capture, told);
}

function flushProgress(): void {
  const all = progress;
  if (all.size === 0) return;
  progress = new Map();
  tell({ kind: 'progress', all });
}

/** Asks the main thread, and waits for its answer. */
async function call(question: (call: number) => FromThread): Promise<unknown> {
  const number = (lastCall += 1);
  const answered = new Promise<Outcome<unknown>>((resolve) => calls.set(number, resolve));
  tell(question(number));
  return unwrap(await answered);
}

async function capture(number: number, request: PlainRequest): Promise<void> {
  const [stop, leaving] = [new AbortController(), new AbortController()];
  captures.set(number, { stop, leaving });
  const reporter = {
    fact: async (fact) => void (await call((id) => ({ kind: 'fact', capture: number, call: id, fact }))),
    progress: (told) => tellProgress(number, told),
  } satisfies Parameters<CaptureEngine['capture']>[1];
  const outcome = await outcomeOf(() =>
    engine.capture(rebuilt(number, request), reporter, stop.signal, leaving.signal),
  );
  captures.delete(number);
  // Its last progress must not arrive after its end.
  flushProgress();
  tell({ kind: 'end', capture: number, outcome });
}

function rebuilt(number: number, { refreshable, source, ...request }: PlainRequest): CaptureRequest {
  if (!refreshable) return { ...request, source };
  const refresh: CaptureRequest['source']['refresh'] = (reason) =>
    call((id) => ({ kind: 'refresh', capture: number, call: id, reason })) as Promise<CaptureSource>;
  return { ...request, source: { ...source, refresh } };
}

listen((message) => {
  switch (message.kind) {
    case 'capture':
      return void capture(message.capture, message.request);
    case 'stop':
      return captures.get(message.capture)?.stop.abort(message.isOver ? BROADCAST_OVER : undefined);
    case 'leave':
      return captures.get(message.capture)?.leaving.abort();
    case 'answer':
      calls.get(message.call)?.(message.outcome);
      return void calls.delete(message.call);
    case 'close':
      // Nothing listens any more, so the thread ends by itself.
      return void engine.close().finally(leave);
    default:
      return message satisfies never;
  }
});
