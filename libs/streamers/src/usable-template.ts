import { InvalidNameTemplate } from './domain/streamer-errors.js';
import type { NameTemplates } from './ports.js';

/** @throws InvalidNameTemplate */
export function requireUsable(template: string | null | undefined, templates: NameTemplates): void {
  if (template === null || template === undefined) return;
  const problems = templates.problemsOf(template);
  if (problems.length > 0) throw new InvalidNameTemplate(problems);
}
