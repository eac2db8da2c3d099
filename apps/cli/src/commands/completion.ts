import { Command } from 'commander';
import { UsageFailure } from '../cli-failure.js';
import { command } from '../command-context.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const isShell = (text: string): text is Shell => (shells as readonly string[]).includes(text);

/** Commands, each with what stands below it. */
export type CommandNames = readonly (readonly [name: string, below: readonly string[]])[];

/** @param names of all commands there are */
export const completionOf = (names: CommandNames): Command =>
  command(
    new Command('completion')
      .description('print a script that completes commands: source <(streamvault completion bash)')
      .argument('<shell>', shells.join(', ')),
    (_context, [shell = '']) => {
      if (!isShell(shell)) throw new UsageFailure(`A shell is one of ${shells.join(', ')}.`);
      const lines = shell === 'fish' ? fish(names) : bash(names, shell);
      return Promise.resolve({ json: { ok: true, script: lines.join('\n') }, lines });
    },
  );

function bash(names: CommandNames, shell: 'bash' | 'zsh'): readonly string[] {
  return [
    // zsh reads such scripts by a module of its own.
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_streamvault() {',
    '  local words',
    '  case "$COMP_CWORD" in',
    `    1) words="${names.map(([name]) => name).join(' ')} help" ;;`,
    '    2) case "${COMP_WORDS[1]}" in',
    ...names
      .filter(([, below]) => below.length > 0)
      .map(([name, below]) => `      ${name}) words="${below.join(' ')}" ;;`),
    '    esac ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words --json --help" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _streamvault streamvault',
  ];
}

function fish(names: CommandNames): readonly string[] {
  return [
    `complete -c streamvault -n __fish_use_subcommand -a "${names.map(([name]) => name).join(' ')} help"`,
    ...names
      .filter(([, below]) => below.length > 0)
      .map(
        ([name, below]) => `complete -c streamvault -n "__fish_seen_subcommand_from ${name}" -a "${below.join(' ')}"`,
      ),
    'complete -c streamvault -l json -l help',
  ];
}
