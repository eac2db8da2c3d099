import { z } from 'zod';
import { rule, rules } from './rules.js';
import {
  adChoice,
  nameTemplate,
  patienceSeconds,
  quality,
  stopAfterChangeSeconds,
  wantedNotices,
  wantedProxies,
} from './streamers.js';

const lockedBy = z.string().nullable().meta({
  description: 'The environment variable that sets it; null: it can be set here.',
});
const settable = <Value extends z.ZodType>(value: Value) => z.object({ value, lockedBy });

export const runtimeSettings = z
  .object({
    autoRecord: settable(z.boolean()),
    quality: settable(quality),
    ads: settable(adChoice),
    proxies: settable(wantedProxies),
    patienceSeconds: settable(patienceSeconds),
    reruns: settable(z.boolean()),
    stopAfterChangeSeconds: settable(stopAfterChangeSeconds),
    nameTemplate: settable(nameTemplate),
    notices: settable(wantedNotices),
    rules: settable(z.array(rule)),
    timeZone: settable(z.string()),
  })
  .meta({ id: 'RuntimeSettings', description: 'What applies to all streamers without a choice of their own.' });
export type RuntimeSettings = z.infer<typeof runtimeSettings>;

export const changeSettingsBody = z
  .strictObject({
    autoRecord: z.boolean().optional(),
    quality: quality.optional(),
    ads: adChoice.optional(),
    proxies: wantedProxies.optional(),
    patienceSeconds: patienceSeconds.optional(),
    reruns: z.boolean().optional(),
    stopAfterChangeSeconds: stopAfterChangeSeconds.optional(),
    nameTemplate: nameTemplate.optional(),
    notices: wantedNotices.optional(),
    rules: rules.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Name at least one setting.')
  .meta({ id: 'ChangeSettings' });
export type ChangeSettingsBody = z.infer<typeof changeSettingsBody>;
