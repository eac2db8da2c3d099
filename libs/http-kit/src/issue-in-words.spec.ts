import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { inWords, type Issue } from './issue-in-words.js';

const said = (schema: z.ZodType, value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map((issue) => inWords(issue as Issue));

it.each([
  ['what is missing', z.object({ url: z.string() }), {}, 'Is missing.'],
  ['another kind', z.object({ url: z.string() }), { url: 1 }, 'Must be a text.'],
  ['no number', z.object({ limit: z.int() }), { limit: 'x' }, 'Must be a number.'],
  ['a fraction', z.int(), 1.5, 'Must be a whole number.'],
  ['no choice', z.object({ on: z.boolean() }), { on: 1 }, 'Must be true or false.'],
  ['nothing', z.string().min(1), '', 'Must not be empty.'],
  ['too little', z.string().min(12), 'short', 'Must have at least 12 characters.'],
  ['too much', z.string().max(1), 'long', 'Must have at most 1 character.'],
  ['a small number', z.number().min(1), 0, 'Must be at least 1.'],
  ['a large number', z.number().max(200), 201, 'Must be at most 200.'],
  ['an empty list', z.array(z.string()).min(1), [], 'Must not be empty.'],
  ['a long list', z.array(z.string()).max(1), ['a', 'b'], 'Must have at most 1 entry.'],
  ['none of some', z.enum(['viewer', 'operator']), 'king', 'Must be one of viewer, operator.'],
  ['not that', z.literal('hls'), 'x', 'Must be hls.'],
  ['what nobody asked for', z.strictObject({}), { colour: 1 }, 'Is not known here: colour.'],
  ['no address', z.url(), 'x', 'Must be an address such as https://example.org/live.'],
  ['no instant', z.iso.datetime(), 'x', 'Must be an instant such as 2026-03-01T12:00:00.000Z.'],
  [
    'no shape',
    z.union([z.string(), z.number()]),
    {},
    'Has none of the shapes that are taken here; the documentation at /api/docs shows them.',
  ],
  ['words of its own', z.string().min(3, 'Names have three letters.'), 'a', 'Names have three letters.'],
])('%s is told in words', (_, schema, value, words) => {
  expect(said(schema, value)).toEqual([words]);
});
