import type { AdChoice } from './streamer-events.js';

/** How a streamer is recorded. */
export interface RecordingChoices {
  readonly autoRecord: boolean;
  readonly quality: string;
  readonly ads: AdChoice;
  /** Names of proxies and `direct`, in order of preference; null: as in SOURCE_PROXIES. */
  readonly proxies: string[] | null;
  /** How long a streamer may be away before a broadcast is over. */
  readonly patienceSeconds: number;
  /** Whether reruns and premieres are recorded too. */
  readonly reruns: boolean;
  /** How long a recording goes on after a change that the rules do not want. */
  readonly stopAfterChangeSeconds: number | 'never';
  /** Kinds of notices that are sent about a streamer; null: all kinds, those that come later included. */
  readonly notices: string[] | null;
}

/** What applies to one streamer. */
export interface StreamerChoices extends RecordingChoices {
  /** How its videos are named; null: as the library's settings say. */
  readonly nameTemplate: string | null;
}

export const choiceNames = [
  'autoRecord',
  'quality',
  'ads',
  'proxies',
  'patienceSeconds',
  'reruns',
  'stopAfterChangeSeconds',
  'nameTemplate',
  'notices',
] as const satisfies readonly (keyof StreamerChoices)[];
export type ChoiceName = (typeof choiceNames)[number];

/** A streamer's own choices; null: as for all. */
export type OwnChoices = { readonly [Name in ChoiceName]: StreamerChoices[Name] | null };

/** Apply until somebody sets others for all streamers. */
export const builtInChoices: RecordingChoices = {
  autoRecord: false,
  quality: 'best',
  ads: 'skip',
  proxies: null,
  patienceSeconds: 720,
  reruns: false,
  stopAfterChangeSeconds: 'never',
  notices: null,
};

/** What applies to a streamer: its own choices, and for the rest those for all. */
export const effective = (own: OwnChoices, all: RecordingChoices): StreamerChoices => ({
  autoRecord: own.autoRecord ?? all.autoRecord,
  quality: own.quality ?? all.quality,
  ads: own.ads ?? all.ads,
  proxies: own.proxies ?? all.proxies,
  patienceSeconds: own.patienceSeconds ?? all.patienceSeconds,
  reruns: own.reruns ?? all.reruns,
  stopAfterChangeSeconds: own.stopAfterChangeSeconds ?? all.stopAfterChangeSeconds,
  nameTemplate: own.nameTemplate,
  notices: own.notices ?? all.notices,
});

/** The choices that a streamer has from the settings for all. */
export const inheritedBy = (own: OwnChoices): ChoiceName[] => choiceNames.filter((name) => own[name] === null);

/** Only the choices, from an object that has them and more. */
export const choicesOf = <Choices extends OwnChoices>(some: Choices): Pick<Choices, ChoiceName> => ({
  autoRecord: some.autoRecord,
  quality: some.quality,
  ads: some.ads,
  proxies: some.proxies,
  patienceSeconds: some.patienceSeconds,
  reruns: some.reruns,
  stopAfterChangeSeconds: some.stopAfterChangeSeconds,
  nameTemplate: some.nameTemplate,
  notices: some.notices,
});

export const sameChoices = (one: OwnChoices, other: OwnChoices): boolean =>
  JSON.stringify(choicesOf(one)) === JSON.stringify(choicesOf(other));
