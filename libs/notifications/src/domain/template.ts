import { type NoticeTemplate, type TemplateVariable, templateVariables } from '@streamvault/api-contract';
import type { Notice } from './notice.js';

const variable = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Unknown names in a template. */
export function unknownVariables({ title, text }: NoticeTemplate): string[] {
  const named = [...`${title ?? ''}\n${text ?? ''}`.matchAll(variable)].map(([, name = '']) => name);
  return [...new Set(named)].filter((name) => !templateVariables.some((known) => known === name));
}

/** A notice with the texts of a template. Values are only inserted: whatever they contain is not a template again. */
export function inWordsOf(template: NoticeTemplate | undefined, notice: Notice): Pick<Notice, 'title' | 'text'> {
  const { title, text } = notice;
  if (!template) return { title, text };
  const values: Readonly<Record<TemplateVariable, string>> = {
    streamer: notice.streamerName ?? '',
    show: notice.show ?? '',
    title,
    text,
    kind: notice.kind,
    severity: notice.severity,
    at: notice.at,
    link: notice.link ?? '',
  };
  const filled = (pattern: string): string =>
    pattern.replaceAll(variable, (_, name: string) => (isVariable(name) ? values[name] : '')).trim();
  // A title made only of unknown values says nothing.
  const ownTitle = template.title === null ? '' : filled(template.title).replaceAll(/\p{Cc}+/gu, ' ');
  return { title: ownTitle || title, text: template.text === null ? text : filled(template.text) };
}

const isVariable = (name: string): name is TemplateVariable => templateVariables.some((known) => known === name);
