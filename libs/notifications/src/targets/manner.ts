import type { NoticeTemplate } from '@streamvault/api-contract';
import { isZone } from '../domain/quiet-hours.js';
import { InvalidTarget } from '../domain/target-errors.js';
import { unknownVariables } from '../domain/template.js';

type Templates = Readonly<Partial<Record<string, NoticeTemplate>>>;

/**
 * @throws InvalidTarget for what a schema cannot check: unknown time zones, and template variables that do not exist
 */
export function requireManner({
  quiet,
  templates = {},
}: {
  readonly quiet?: { readonly zone: string | null } | null | undefined;
  readonly templates?: Templates | undefined;
}): void {
  if (quiet && quiet.zone !== null && !isZone(quiet.zone))
    throw new InvalidTarget('Use the IANA name of a time zone, such as Europe/Berlin.');
  for (const [kind, template] of Object.entries(templates)) {
    const unknown = template ? unknownVariables(template) : [];
    if (unknown.length > 0)
      throw new InvalidTarget(`The template for ${kind} names {{${unknown[0]}}}, which means nothing.`);
  }
}

/** Templates that are not empty. */
export const writtenTemplates = (templates: Templates): Record<string, NoticeTemplate> =>
  Object.fromEntries(
    Object.entries(templates).flatMap(([kind, template]) =>
      template && (template.title !== null || template.text !== null) ? [[kind, template]] : [],
    ),
  );
