import type { ChangeStreamerBody, NoticeKind } from '@streamvault/api-contract';
import { noticeLabel } from '../pages/settings/notifications/target-fields';
import { formatSpan } from '../ui/formats';
import { adChoiceWords, adChoices } from './ad-choices';
import { proxyWords } from './proxy-order';
import { qualitiesWith, qualityLabel } from './qualities';

/** How a streamer is recorded. Each choice can be left to the settings for all. */
export interface Choices {
  readonly autoRecord: boolean;
  readonly quality: string;
  readonly ads: 'skip' | 'keep';
  readonly proxies: readonly string[] | null;
  readonly patienceSeconds: number;
  readonly reruns: boolean;
  readonly stopAfterChangeSeconds: number | 'never';
  readonly nameTemplate: string;
  /** null: every kind. */
  readonly notices: readonly NoticeKind[] | null;
}
export type ChoiceName = keyof Choices;
type Body = Pick<ChangeStreamerBody, ChoiceName>;

export interface ChoiceOption {
  /** As the value of a `<select>`. */
  readonly value: string;
  readonly label: string;
}
export interface ChoiceDescription {
  readonly name: ChoiceName;
  readonly label: string;
  readonly hint: string;
  /** Null for values that no list has. */
  readonly options: readonly ChoiceOption[] | null;
  readonly words: string;
}

const yesOrNo: readonly ChoiceOption[] = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];
const minute = 60;
const patiences = [0, minute, 3 * minute, 5 * minute, 12 * minute, 20 * minute, 30 * minute, 60 * minute] as const;
const graces = [0, minute, 5 * minute, 15 * minute, 30 * minute] as const;

export const patienceWords = (seconds: number): string => (seconds === 0 ? 'Not at all' : formatSpan(seconds));
export function noticesWords(kinds: readonly NoticeKind[] | null): string {
  if (kinds === null) return 'Of every kind';
  return kinds.length === 0 ? 'None' : kinds.map((kind) => noticeLabel(kind)).join(', ');
}
export function stopWords(choice: number | 'never'): string {
  if (choice === 'never') return 'Never';
  return choice === 0 ? 'At once' : `After ${formatSpan(choice)}`;
}

const withChosen = <Value>(list: readonly Value[], chosen: Value): readonly Value[] =>
  list.includes(chosen) ? list : [...list, chosen];

/** Every choice, the most common first, with its value in words. */
export function describeChoices(choices: Choices): ChoiceDescription[] {
  const { autoRecord, quality, ads, proxies, patienceSeconds, reruns, stopAfterChangeSeconds } = choices;
  const { nameTemplate, notices } = choices;
  return [
    {
      name: 'autoRecord',
      label: 'Record automatically',
      hint: 'When it goes live, and the rules say so.',
      options: yesOrNo,
      words: autoRecord ? 'Yes' : 'No',
    },
    {
      name: 'quality',
      label: 'Quality',
      hint: 'If it is not offered, the next lower one is recorded.',
      options: qualitiesWith(quality),
      words: qualityLabel(quality),
    },
    {
      name: 'ads',
      label: 'Advertising',
      hint: 'What the source marks as advertising. The timeline shows it either way.',
      options: adChoices,
      words: adChoiceWords(ads),
    },
    {
      name: 'patienceSeconds',
      label: 'Wait for it to come back',
      hint: 'Within this time the same recording continues.',
      options: withChosen<number>(patiences, patienceSeconds).map((seconds) => ({
        value: String(seconds),
        label: patienceWords(seconds),
      })),
      words: patienceWords(patienceSeconds),
    },
    {
      name: 'reruns',
      label: 'Record reruns and premieres',
      hint: 'As the platform marks them.',
      options: yesOrNo,
      words: reruns ? 'Yes' : 'No',
    },
    {
      name: 'stopAfterChangeSeconds',
      label: 'Stop when the rules no longer match',
      hint: 'For example after a change of category. The recording so far is kept.',
      options: withChosen<number | 'never'>(['never', ...graces], stopAfterChangeSeconds).map((value) => ({
        value: String(value),
        label: stopWords(value),
      })),
      words: stopWords(stopAfterChangeSeconds),
    },
    {
      name: 'proxies',
      label: 'Route',
      hint: 'The first that works is used.',
      options: null,
      words: proxyWords(proxies),
    },
    {
      name: 'nameTemplate',
      label: 'Names of videos',
      hint: 'For videos from now on.',
      options: null,
      words: nameTemplate,
    },
    {
      name: 'notices',
      label: 'Notices',
      hint: 'Sent to each target that wants them.',
      options: null,
      words: noticesWords(notices),
    },
  ];
}

/** The value of a `<select>`, as the server expects it. */
export function choiceBody(name: ChoiceName, value: string): Body {
  switch (name) {
    case 'autoRecord':
    case 'reruns':
      return { [name]: value === 'true' };
    case 'quality':
      return { quality: value };
    case 'ads':
      return { ads: value === 'keep' ? 'keep' : 'skip' };
    case 'patienceSeconds':
      return { patienceSeconds: Number(value) };
    case 'stopAfterChangeSeconds':
      return { stopAfterChangeSeconds: value === 'never' ? 'never' : Number(value) };
    case 'proxies':
    case 'notices':
    case 'nameTemplate':
      return {};
    default:
      return name satisfies never;
  }
}
