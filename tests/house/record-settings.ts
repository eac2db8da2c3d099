import type { SettingsShape } from '@streamvault/kernel';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

const root = join(import.meta.dirname, '..', '..');

/**
 * `SETTINGS=record`: settings of contexts that the README's table and `.env.example` do not list yet are added to both,
 * at the end of each.
 */
export async function recordSettings(shapes: readonly SettingsShape[]): Promise<void> {
  await add('README.md', shapes, (text, name, { meaning, shownDefault }) => {
    if (text.includes(`\`${name}\``)) return text;
    const rows = [...text.matchAll(/^\| `[A-Z_]+`.*\|$/gm)];
    const last = rows.at(-1);
    if (!last) throw new Error('The README has no table of settings.');
    const end = last.index + last[0].length;
    return `${text.slice(0, end)}\n| \`${name}\` | ${shownDefault} | ${meaning} |${text.slice(end)}`;
  });
  await add('.env.example', shapes, (text, name, { meaning, shownDefault }) =>
    new RegExp(`^#${name}=`, 'm').test(text)
      ? text
      : `${text.trimEnd()}\n\n# ${meaning.replaceAll('`', '')}\n#${name}=${shownDefault.replaceAll('`', '')}\n`,
  );
}

async function add(
  file: string,
  shapes: readonly SettingsShape[],
  put: (text: string, name: string, setting: SettingsShape[string]) => string,
): Promise<void> {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  let after = before;
  for (const shape of shapes) for (const [name, setting] of Object.entries(shape)) after = put(after, name, setting);
  if (after === before) return;
  const isMarkdown = file.endsWith('.md');
  writeFileSync(path, isMarkdown ? await format(after, { parser: 'markdown', printWidth: 120 }) : after);
}
