import { SourceFault } from '@streamvault/network';
import { childrenOf, numberOf } from './mpd-values.js';
import type { XmlElement } from './xml.js';

export type TrackKind = 'picture' | 'sound';

/** One representation, with the adaptation set that it belongs to. */
export interface Choice {
  readonly set: XmlElement;
  readonly representation: XmlElement;
}

/**
 * The best representation of its kind that is not encrypted.
 * @throws SourceFault if all of them are encrypted
 */
export function bestOf(period: XmlElement, kind: TrackKind): Choice | undefined {
  const sets = childrenOf(period, 'AdaptationSet').filter((set) => kindOf(set) === kind && !isForTricks(set));
  const clear = sets.filter((set) => choicesOf(set).some((choice) => !isProtected(choice)));
  // Several audio sets are different languages. The broadcaster puts the preferred one first.
  const wanted = kind === 'sound' ? clear.slice(0, 1) : clear;
  const choices = wanted.flatMap((set) => choicesOf(set)).filter((choice) => !isProtected(choice));
  if (choices.length === 0 && sets.some((set) => choicesOf(set).length > 0)) throw encrypted();
  const height = ({ set, representation }: Choice) =>
    numberOf(representation.attributes['height'] ?? set.attributes['maxHeight'], 0);
  const bandwidth = ({ representation }: Choice) => numberOf(representation.attributes['bandwidth'], 0);
  return choices.toSorted((a, b) => height(b) - height(a) || bandwidth(b) - bandwidth(a))[0];
}

const choicesOf = (set: XmlElement): readonly Choice[] =>
  childrenOf(set, 'Representation').map((representation) => ({ set, representation }));

function kindOf(set: XmlElement): TrackKind | undefined {
  const representation = childrenOf(set, 'Representation')[0];
  const type =
    set.attributes['contentType'] ?? set.attributes['mimeType'] ?? representation?.attributes['mimeType'] ?? '';
  if (type.startsWith('video')) return 'picture';
  return type.startsWith('audio') ? 'sound' : undefined;
}

/** Trick-play sets: pictures for seeking, not for watching. */
const isForTricks = (set: XmlElement): boolean =>
  [...childrenOf(set, 'EssentialProperty'), ...childrenOf(set, 'SupplementalProperty')].some(({ attributes }) =>
    attributes['schemeIdUri']?.includes('trickmode'),
  );

/** ISO/IEC 23009-1 section 5.8.4.1. We cannot read it, whatever the protection scheme is. */
const isProtected = ({ set, representation }: Choice): boolean =>
  [set, representation].some((element) => childrenOf(element, 'ContentProtection').length > 0);

export const encrypted = (): SourceFault =>
  new SourceFault(
    {
      code: 'source.encrypted',
      message: 'The stream is protected by digital rights management (CENC). It cannot be recorded.',
    },
    true,
  );
