export interface XmlElement {
  /** Without its namespace. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<![^>]*>|<(\/?)([a-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gi;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const DEEPEST = 50;

/** Reads what manifests are made of: elements, attributes, text. No document types, so no entities of their own. Undefined where it is none. */
export function parseXml(text: string): XmlElement | undefined {
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [];
  for (const [, cdata, closing, name = '', attributes = '', empty, words] of text.matchAll(TOKEN)) {
    const parent = open.at(-1);
    if (name === '') {
      if (parent) parent.text += cdata ?? decode(words ?? '');
      continue;
    }
    if (closing !== '/') {
      open.push({ name: localName(name), attributes: readAttributes(attributes), children: [], text: '' });
      if (open.length > DEEPEST) return undefined;
    }
    if (closing !== '/' && empty !== '/') continue;
    const element = open.pop();
    if (element === undefined || element.name !== localName(name)) return undefined;
    const above = open.at(-1);
    if (above === undefined) return element;
    above.children.push(element);
  }
  return undefined;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE))
    attributes[localName(name)] = decode(double ?? single ?? '');
  return attributes;
}

const decode = (text: string): string =>
  text.replaceAll(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (whole, name, decimal, hex) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
    const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
