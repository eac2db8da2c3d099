/** An element: its name, what is in it, its attributes. */
export interface XmlElement {
  readonly name: string;
  readonly content: string | readonly XmlElement[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Undefined and null leave the element out. */
export function element(
  name: string,
  content: string | number | boolean | readonly XmlElement[] | null | undefined,
  attributes: Readonly<Record<string, string>> = {},
): XmlElement[] {
  if (content === null || content === undefined) return [];
  return [{ name, content: typeof content === 'object' ? content : String(content), attributes }];
}

/** A document in UTF-8, with its declaration. */
export const xmlDocument = (root: XmlElement): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${written(root, '')}`;

function written({ name, content, attributes = {} }: XmlElement, indent: string): string {
  const opened = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`)].join(' ');
  if (typeof content === 'string') return `${indent}<${opened}>${escaped(content)}</${name}>\n`;
  return `${indent}<${opened}>\n${content.map((child) => written(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}

/** Most control characters cannot be in XML 1.0 at all (2.2), nor halves of characters, nor U+FFFE and U+FFFF. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g, '')
    // What reads it takes these for one and the same line end.
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
