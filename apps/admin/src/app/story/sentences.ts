import type { LoggedEvent } from '@streamvault/api-contract';
import { partReason } from '../timeline/timeline-layout';
import { formatBytes, formatDuration, formatRatio, formatSpan, formatTime } from '../ui/formats';
import { type Tone, inWords } from '../ui/states';
import { accessSentences } from './access-sentences';

export interface Sentence {
  readonly text: string;
  readonly tone: Tone;
}

type Data = LoggedEvent['data'];

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (data: Data, name: string): string | undefined => {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const figure = (data: Data, name: string): number | undefined => {
  const value = data[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};
const inner = (data: Data, name: string): Data => {
  const value = data[name];
  return isObject(value) ? value : {};
};
const list = (data: Data, name: string): readonly Data[] => {
  const value = data[name];
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : [];
};
const because = (data: Data): string => {
  const message = text(inner(data, 'cause'), 'message');
  return message === undefined ? '' : `: ${withStop(message)}`;
};
const withStop = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`);
const ended = (sentence: string, data: Data): string => {
  const reason = because(data);
  return reason === '' ? `${sentence}.` : `${sentence}${reason}`;
};
const clock = (data: Data, name: string): string | undefined => {
  const instant = text(data, name);
  return instant === undefined || Number.isNaN(Date.parse(instant)) ? undefined : formatTime(instant);
};
const nextTry = (data: Data): string => {
  const at = clock(data, 'retryAt');
  return at === undefined ? ' StreamVault does not retry.' : ` StreamVault retries at ${at}.`;
};
const openedAgain = (why: string | undefined): string => {
  if (why === 'refused') return 'The source refused its address; a new one was found';
  return why === 'expiring' ? 'A new address was found before the old one expired' : 'The source answered';
};
const stepName = (data: Data): string => `“${inWords(text(data, 'name') ?? 'unnamed')}”`;
const attempt = (data: Data): string => {
  const number = figure(data, 'attempt');
  return number === undefined || number <= 1 ? '' : ` (attempt ${number})`;
};
const amount = (data: Data): string =>
  [
    figure(data, 'durationSeconds') === undefined ? [] : [formatDuration(figure(data, 'durationSeconds') ?? 0)],
    figure(data, 'bytes') === undefined ? [] : [formatBytes(figure(data, 'bytes') ?? 0)],
  ]
    .flat()
    .join(', ');

function picture(variant: Data): string {
  const [width, height] = [figure(variant, 'width'), figure(variant, 'height')];
  if (width !== undefined && height !== undefined) return ` at ${width} × ${height}`;
  const name = text(variant, 'name');
  return name === undefined ? '' : ` as ${name}`;
}

const quality = (data: Data): string => {
  const wanted = text(data, 'quality');
  return wanted === undefined ? '' : ` (${wanted === 'best' ? 'best quality' : wanted})`;
};

const sentences: Readonly<Record<string, (data: Data) => Sentence>> = {
  RecordingRequested: (data) => ({
    text: `Recording of ${text(data, 'streamerName') ?? 'the streamer'} requested${quality(data)}.`,
    tone: 'info',
  }),
  RecordingDetailsChanged: (data) => {
    const title = text(data, 'title');
    const category = text(data, 'category');
    const called = title === undefined ? 'The broadcast has no title' : `The broadcast is called “${title}”`;
    return { text: category === undefined ? `${called}.` : `${called}, in ${category}.`, tone: 'info' };
  },
  RecorderAssigned: (data) => ({
    text: (figure(data, 'epoch') ?? 1) > 1 ? 'A recorder took it over.' : 'A recorder took it up.',
    tone: 'info',
  }),
  CaptureStarting: () => ({ text: 'The recorder opened the source.', tone: 'info' }),
  SourceOpened: (data) => ({
    text: `${openedAgain(text(data, 'again'))}${picture(inner(data, 'variant'))}${
      figure(data, 'targetDurationSeconds') === undefined
        ? ''
        : `, in segments of ${formatSpan(figure(data, 'targetDurationSeconds') ?? 0)}`
    }.`,
    tone: 'quiet',
  }),
  CaptureStarted: () => ({ text: 'The first bytes were on disk.', tone: 'ok' }),
  PartOpened: (data) => ({
    text: `Part ${figure(data, 'number') ?? ''} was ${partReason(text(data, 'reason') ?? 'start')}.`.replace('  ', ' '),
    tone: 'quiet',
  }),
  PartClosed: (data) => ({
    text: `Part ${figure(data, 'number') ?? ''} is complete${amount(data) === '' ? '' : `: ${amount(data)}`}.`.replace(
      '  ',
      ' ',
    ),
    tone: 'quiet',
  }),
  GapRecorded: (data) => ({
    text: ended(`${formatSpan(figure(data, 'seconds') ?? 0)} lost`, data),
    tone: 'warn',
  }),
  AdRecorded: (data) => ({
    text: `Advertising of ${formatSpan(figure(data, 'seconds') ?? 0)} ${
      data['kept'] === true ? 'was recorded with the rest' : 'was left out'
    }.`,
    tone: 'quiet',
  }),
  CaptureInterrupted: (data) => {
    const until = clock(data, 'deadline');
    if (text(inner(data, 'cause'), 'code') === 'source.ended') {
      const wait = until === undefined ? '' : ` until ${until}`;
      return { text: `The source ended; StreamVault waits${wait} for the streamer to come back.`, tone: 'info' };
    }
    const patience = until === undefined ? '' : ` Retrying until ${until}.`;
    return { text: `${ended('The stream stopped sending data', data)}${patience}`, tone: 'warn' };
  },
  CaptureResumed: () => ({ text: 'Data arrived again; the same recording went on.', tone: 'ok' }),
  StopRequested: (data) => ({ text: ended(`${who(text(data, 'by'))} asked to stop`, data), tone: 'info' }),
  SourceEnded: (data) => ({
    text:
      text(data, 'reason') === 'gave-up'
        ? 'The source stayed away for too long, so the broadcast counts as over.'
        : 'The source said that the broadcast is over.',
    tone: 'info',
  }),
  CaptureEnded: (data) => {
    const ratio = figure(data, 'capturedRatio');
    const share = ratio === undefined ? '' : `, ${formatRatio(ratio)} of the broadcast`;
    const ads = figure(data, 'adSeconds') ?? 0;
    return {
      text: `The capture ended${amount(data) === '' ? '' : ` with ${amount(data)}`}${share}${
        ads > 0 ? `; ${formatSpan(ads)} of the broadcast were advertising` : ''
      }.`,
      tone: 'ok',
    };
  },
  FinalizeFailed: (data) => ({
    text: `${ended(`The video could not be made${attempt(data)}`, data)}${nextTry(data)}`,
    tone: 'bad',
  }),
  RecordingFinalized: (data) => {
    const outputs = list(data, 'outputs');
    const [only] = outputs;
    const what = outputs.length > 1 ? `${outputs.length} video files are` : `The video file is`;
    const measure = outputs.length === 1 && only && amount(only) !== '' ? `: ${amount(only)}` : '';
    return { text: `${what} complete and checked against the ledger${measure}.`, tone: 'ok' };
  },
  StepStarted: (data) => ({ text: `Step ${stepName(data)} began${attempt(data)}.`, tone: 'quiet' }),
  StepSucceeded: (data) => ({ text: `Step ${stepName(data)} is done.`, tone: 'ok' }),
  StepFailed: (data) => ({
    text: `${ended(`Step ${stepName(data)} failed${attempt(data)}`, data)}${nextTry(data)}`,
    tone: 'bad',
  }),
  StepRetryRequested: (data) => ({
    text: `${who(text(data, 'by'))} asked to try step ${stepName(data)} again.`,
    tone: 'info',
  }),
  StepSkipped: (data) => ({ text: `${who(text(data, 'by'))} skipped step ${stepName(data)}.`, tone: 'info' }),
  RecordingCompleted: () => ({ text: 'Everything is done.', tone: 'ok' }),
  RecordingFailed: (data) => ({ text: ended('The recording failed', data), tone: 'bad' }),
  RecordingCancelled: (data) => ({ text: ended(`${who(text(data, 'by'))} cancelled it`, data), tone: 'quiet' }),
  RecordingRetried: (data) => ({
    text: `${who(text(data, 'by'))} asked to try it again, ${
      text(data, 'from') === 'finalize' ? 'from what was captured' : 'from the source'
    }.`,
    tone: 'info',
  }),
  PartsDiscarded: (data) => ({
    text: `The raw parts were removed${
      figure(data, 'bytes') === undefined ? '' : ` and freed ${formatBytes(figure(data, 'bytes') ?? 0)}`
    }; the video has it all.`,
    tone: 'quiet',
  }),
  GapFillRequested: (data) => ({
    text: `${who(text(data, 'by'))} asked to fill a gap from the platform's own video.`,
    tone: 'info',
  }),
  GapFilled: (data) => ({
    text: `A gap was filled with ${formatDuration(figure(data, 'seconds') ?? 0)} of the platform's own video${
      (figure(data, 'mutedSeconds') ?? 0) > 0 ? ', a part of it muted there' : ''
    }. It stays in this story.`,
    tone: 'ok',
  }),
  GapFillFailed: (data) => ({
    text: ended('The video is as it was, because a gap could not be filled', data),
    tone: 'bad',
  }),
  StreamerAdded: (data) => ({ text: `${text(data, 'name') ?? 'A streamer'} was added.`, tone: 'info' }),
  StreamerChanged: (data) => ({
    text: `The streamer was changed${text(data, 'name') === undefined ? '' : `; it is called ${text(data, 'name')}`}.`,
    tone: 'info',
  }),
  StreamerRemoved: () => ({ text: 'The streamer was removed.', tone: 'quiet' }),
  DeadlineMoved: (data) => ({ text: ended('The deadline was moved', data), tone: 'info' }),
  IdAllocated: (data) => ({
    text: `A number was given out${text(data, 'kind') === undefined ? '' : ` for a ${text(data, 'kind')}`}.`,
    tone: 'quiet',
  }),
  Claimed: () => ({ text: 'A name was reserved.', tone: 'quiet' }),
  Released: () => ({ text: 'A reserved name was released.', tone: 'quiet' }),
  IdempotencyKeyUsed: () => ({ text: 'A request came with an idempotency key.', tone: 'quiet' }),
  IdempotentAnswerKept: () => ({
    text: 'The answer to that request was stored, in case it is sent again.',
    tone: 'quiet',
  }),
  VideoMoveStarted: (data) => ({ text: ended('Its files are being moved', data), tone: 'quiet' }),
  VideoMoved: (data) => ({
    text: text(data, 'file') === undefined ? 'Its files were moved.' : `Its file is now ${text(data, 'file')}.`,
    tone: 'info',
  }),
  VideoMoveFailed: (data) => ({ text: ended('Its files could not be moved', data), tone: 'bad' }),
  VideoCut: () => ({ text: 'It was cut out of another video.', tone: 'ok' }),
  VideoMeasured: () => ({ text: 'Its size was corrected to that of its file.', tone: 'info' }),
  VideoAdded: (data) => ({
    text: `${text(data, 'title') === undefined ? 'The video' : `“${text(data, 'title')}”`} went into the library.`,
    tone: 'ok',
  }),
};

const all: Readonly<Record<string, (data: Data) => Sentence>> = { ...sentences, ...accessSentences };

/** The types with a sentence of their own; any other is shown by its name. */
export const toldTypes: readonly string[] = Object.keys(all);

/** An event in plain words, with as much as its data contains. */
export function tell({ type, data }: Pick<LoggedEvent, 'type' | 'data'>): Sentence {
  const sentence = Object.hasOwn(all, type) ? all[type] : undefined;
  return sentence?.(data) ?? { text: `${inWords(type)}.`, tone: 'quiet' };
}

const actors: Readonly<Record<string, string>> = {
  recorder: 'The recorder',
  scheduler: 'The scheduler',
  projector: 'The projector',
  deadline: 'A deadline',
};

export const who = (actor: string | undefined): string =>
  actor === undefined || isRequest(actor) ? 'Somebody' : (actors[actor] ?? inWords(actor));

/** A signed-in user, or a program with a key. */
const isRequest = (actor: string): boolean => actor === 'api' || /^(user|key):/.test(actor);

/** Who caused it, by the metadata. */
export function actorOf({ metadata }: Pick<LoggedEvent, 'metadata'>): string | null {
  const actor = metadata['actor'];
  if (typeof actor !== 'string' || actor === '') return null;
  return isRequest(actor) ? 'By request' : (actors[actor] ?? inWords(actor));
}
