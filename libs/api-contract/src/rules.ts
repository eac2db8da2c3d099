import { z } from 'zod';
import { broadcastDecision, decidingRule } from './broadcasts.js';
import { cause, instant, publicId } from './primitives.js';

const mostRules = 50;

export const rulePattern = z
  .strictObject({
    mode: z.enum(['contains', 'regex']).default('contains'),
    text: z.string().trim().min(1).max(200),
  })
  .meta({
    id: 'RulePattern',
    description: 'contains ignores case; regex is RE2’s syntax, without look-around and back references.',
  });

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Use a time of the day such as 20:00.');

export const rule = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    action: z.enum(['include', 'exclude']).meta({ description: 'include: record; exclude: do not.' }),
    isEnabled: z.boolean().default(true),
    title: rulePattern.nullable().default(null),
    category: rulePattern.nullable().default(null),
    tag: rulePattern.nullable().default(null),
    weekdays: z
      .array(z.int().min(1).max(7))
      .max(7)
      .nullable()
      .default(null)
      .meta({ description: '1 is Monday, 7 Sunday: the day on which the window begins. null: every day.' }),
    from: timeOfDay.nullable().default(null).meta({ description: 'With `to`; a window may cross midnight.' }),
    to: timeOfDay.nullable().default(null),
    zone: z
      .string()
      .max(60)
      .nullable()
      .default(null)
      .meta({ description: 'IANA name; null: the time zone of the settings.' }),
    kinds: z
      .array(z.enum(['live', 'rerun', 'premiere', 'watch_party', 'playlist']))
      .min(1)
      .nullable()
      .default(null)
      .meta({ description: 'null: only live, unless reruns are recorded too.' }),
  })
  .refine(({ from, to }) => (from === null) === (to === null), 'Name both from and to, or neither.')
  .meta({ id: 'Rule', description: 'All conditions must fit. The first rule that fits decides.' });
export type Rule = z.infer<typeof rule>;

export const rules = z.array(rule).max(mostRules);

export const streamerRules = z
  .object({
    rules: z.array(rule),
    inherited: z.boolean().meta({ description: 'They are those for all streamers (GET /api/settings).' }),
  })
  .meta({ id: 'StreamerRules' });
export type StreamerRules = z.infer<typeof streamerRules>;

/** null: as for all streamers. */
export const putRulesBody = z.strictObject({ rules: rules.nullable() }).meta({ id: 'PutRules' });
export type PutRulesBody = z.infer<typeof putRulesBody>;

export const testRulesBody = z
  .strictObject({ rules: rules.optional().meta({ description: 'Default: the present rules.' }) })
  .meta({ id: 'TestRules' });
export type TestRulesBody = z.infer<typeof testRulesBody>;

export const ruleTest = z
  .object({
    items: z.array(
      z.object({
        broadcastId: publicId,
        startedAt: instant,
        title: z.string().nullable(),
        category: z.string().nullable(),
        decision: broadcastDecision,
        rule: decidingRule,
        reason: cause,
        wasRecorded: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'RuleTest', description: 'What the rules would have decided for the last 50 broadcasts.' });
export type RuleTest = z.infer<typeof ruleTest>;
