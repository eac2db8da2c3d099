import { SaxesParser } from 'saxes';

export interface XmlElement {
  /** The name without its namespace. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** It is not XML, or incomplete. */
export class XmlBroken extends Error {
  override readonly name = 'XmlBroken';
}

/** It is larger than a manifest can be. */
export class XmlTooLarge extends Error {
  override readonly name = 'XmlTooLarge';
}

/** In characters. A day of two-second segments, listed one by one for four tracks, takes a third of it. */
export const LARGEST_XML = 4 << 20;
const MOST_ELEMENTS = 200_000;
const DEEPEST = 50;
/** A few ampersands that begin no entity are a slip. More than this is not a manifest. */
const MOST_BARE = 100;

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads what manifests are made of: elements, attributes, text. It only moves forward, so its cost grows with the
 * length of the text, whatever that contains. A document type is skipped: nothing that it defines is ever inserted.
 * @throws XmlBroken, XmlTooLarge
 */
export function parseXml(text: string): XmlElement {
  if (text.length > LARGEST_XML) throw new XmlTooLarge(`It has more than ${LARGEST_XML >> 20} million characters.`);
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let bare = 0;
  parser.on('error', ({ message }) => {
    // Many packagers write a bare ampersand in an address. It can be read all the same and is left as it is.
    if (!message.includes('entity') || (bare += 1) > MOST_BARE) throw new XmlBroken(message);
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (elements > MOST_ELEMENTS) throw new XmlTooLarge(`It has more than ${MOST_ELEMENTS} elements.`);
    if (open.length >= DEEPEST) throw new XmlTooLarge(`Its elements are nested more than ${DEEPEST} deep.`);
    open.push({ name: localName(name), attributes: localNames(attributes), children: [], text: '' });
  });
  const take = (words: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += words;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    const element = open.pop();
    const above = open.at(-1);
    if (above === undefined) root ??= element;
    else if (element !== undefined) above.children.push(element);
  });
  parser.write(text.replace(/^\uFEFF/, '').trimStart()).close();
  if (root === undefined) throw new XmlBroken('It contains no element.');
  return root;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function localNames(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const local: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const name of Object.keys(attributes)) local[localName(name)] = attributes[name] ?? '';
  return local;
}
