/** A schema of OpenAPI 3.1, as far as examples are made of it. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly allOf?: readonly OpenApiSchema[];
  readonly items?: OpenApiSchema;
  readonly prefixItems?: readonly OpenApiSchema[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
}

const DEEPEST = 8;
const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-03-01T12:00:00.000Z',
  date: '2026-03-01',
  uri: 'https://example.org/live.m3u8',
  email: 'someone@example.org',
  uuid: '0b8f0d6a-3f0e-4c4e-9d0e-6f0a3b1c2d4e',
};

/** Something that the schema takes, so that a reader sees at a glance what goes in and comes out. */
export function exampleOf(
  schema: OpenApiSchema,
  named: Readonly<Record<string, OpenApiSchema>>,
  name = '',
  depth = 0,
): unknown {
  if (depth > DEEPEST) return null;
  const within = (inner: OpenApiSchema, its = name): unknown => exampleOf(inner, named, its, depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) {
    const target = named[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
    return target === undefined ? null : within(target);
  }
  if ('const' in schema) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return within(choices.find(({ type }) => type !== 'null') ?? {});
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((each) => within(each)));
  switch ([schema.type].flat().find((type) => type !== 'null')) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, within(inner, key)]),
      );
    case 'array':
      return (schema.prefixItems ?? (schema.items ? [schema.items] : [])).map((inner) => within(inner));
    case 'integer':
    case 'number':
      return schema.minimum !== undefined && schema.minimum > 1 ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'string':
      return TEXTS[schema.format ?? ''] ?? textFor(name, schema.pattern);
    default:
      return null;
  }
}

const textFor = (name: string, pattern: string | undefined): string => {
  if (pattern?.includes(String.raw`\d`) === true) return '42';
  if (/url$/i.test(name)) return 'https://example.org/live.m3u8';
  return name === '' ? 'text' : name;
};
