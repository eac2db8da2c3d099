import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

const pattern = z.object({ mode: z.enum(['contains', 'regex']), text: z.string() }).nullable();

/** The whole list, in its order. Streams: `rules-<streamerId>`, and `rules-0` for all streamers. null: as for all. */
export const rulesChanged = defineEvent({
  type: 'RulesChanged',
  version: 1,
  schema: z.object({
    at: z.string(),
    rules: z
      .array(
        z.object({
          name: z.string(),
          action: z.enum(['include', 'exclude']),
          isEnabled: z.boolean(),
          title: pattern,
          category: pattern,
          tag: pattern,
          weekdays: z.array(z.number()).nullable(),
          from: z.string().nullable(),
          to: z.string().nullable(),
          zone: z.string().nullable(),
          kinds: z.array(z.string()).nullable(),
        }),
      )
      .nullable(),
  }),
});

export type RulesChanged = EventOf<typeof rulesChanged>;
export type Rules = NonNullable<RulesChanged['data']['rules']>;
export type Rule = Rules[number];

export const rulesCategory = 'rules';
/** 0 is for all streamers. */
export const rulesStream = (streamerId: number): `rules-${number}` => `rules-${streamerId}`;
