import { DomainError } from '@streamvault/kernel';
import type { JudgedBroadcast, Verdict } from '../domain/verdict.js';
import { type CompiledPattern, compilePattern, type WrittenPattern } from './compiled-pattern.js';
import type { Rule, Rules } from './rule-events.js';
import { isWithin, isZone, nextEdge, type TimeWindow, windowOf } from './time-window.js';

/** What is wrong with a user's rule, and where. */
export class InvalidRule extends DomainError {
  readonly code = 'rule.invalid';
  readonly kind = 'invalid';
  constructor(index: number, field: string, message: string) {
    super(`Rule ${index + 1}: ${message}`, { errors: [{ path: `rules.${index}.${field}`, message }] });
  }
}

type Match = 'yes' | 'no' | 'unknown';

interface CompiledRule {
  readonly number: number;
  readonly rule: Rule;
  readonly patterns: Readonly<Partial<Record<'title' | 'category' | 'tag', CompiledPattern>>>;
  readonly window: TimeWindow | undefined;
}

/** Rules in their order, compiled once. */
export class RuleSet {
  readonly #rules: readonly CompiledRule[];

  /** @throws InvalidRule */
  constructor(rules: Rules, defaultZone: string) {
    this.#rules = rules.flatMap((rule, index) => (rule.isEnabled ? [compiled(rule, index, defaultZone)] : []));
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * The first rule that fits decides. A rule that needs something unknown leaves it open, unless all that could still
   * fit agree. If none fits, it is recorded if the rules only exclude.
   */
  judge(broadcast: JudgedBroadcast, at: string, recordsReruns: boolean): Verdict {
    const judgeAgainAt = this.#nextEdge(at);
    const open: CompiledRule[] = [];
    for (const one of this.#rules) {
      const match = matchOf(one, broadcast, at, recordsReruns);
      if (match === 'no') continue;
      if (match === 'unknown') {
        open.push(one);
        continue;
      }
      return this.#decided(one, open, judgeAgainAt);
    }
    return this.#none(open, judgeAgainAt, broadcast, recordsReruns);
  }

  #decided(one: CompiledRule, open: readonly CompiledRule[], judgeAgainAt: string | null): Verdict {
    const [doubtful] = open.filter(({ rule }) => rule.action !== one.rule.action);
    return doubtful ? undecided(doubtful, judgeAgainAt) : decided(one, judgeAgainAt);
  }

  #none(
    open: readonly CompiledRule[],
    judgeAgainAt: string | null,
    { kind }: JudgedBroadcast,
    recordsReruns: boolean,
  ): Verdict {
    const includes = this.#rules.some(({ rule }) => rule.action === 'include');
    const [doubtful] = open.filter(({ rule }) => (rule.action === 'include') === includes);
    if (doubtful) return undecided(doubtful, judgeAgainAt);
    if (!isLiveKind(kind) && !recordsReruns) return notLive;
    return includes
      ? {
          decision: 'skip',
          rule: null,
          judgeAgainAt,
          reason: { code: 'rule.none-fits', message: 'No rule that records fits.' },
        }
      : {
          decision: 'record',
          rule: null,
          judgeAgainAt,
          reason: { code: 'auto-record.on', message: 'Automatic recording is on.' },
        };
  }

  #nextEdge(at: string): string | null {
    const edges = this.#rules.flatMap(({ window }) => (window ? (nextEdge(window, at) ?? []) : []));
    return edges.toSorted()[0] ?? null;
  }
}

const notLive: Verdict = {
  decision: 'skip',
  rule: null,
  judgeAgainAt: null,
  reason: { code: 'kind.not-live', message: 'It is a rerun or premiere, and not live.' },
};

/** Twitch leaves the kind empty during faults of its own. */
const isLiveKind = (kind: string): boolean => kind === 'live' || kind === '';

function compiled(rule: Rule, index: number, defaultZone: string): CompiledRule {
  if (rule.zone !== null && !isZone(rule.zone))
    throw new InvalidRule(index, 'zone', 'Use the IANA name of a time zone, such as Europe/Berlin.');
  const patternOf = (field: 'title' | 'category' | 'tag', pattern: WrittenPattern | null) => {
    if (pattern === null) return {};
    try {
      return { [field]: compilePattern(pattern) };
    } catch (error) {
      // The compiler says what is wrong with the pattern.
      throw new InvalidRule(index, `${field}.text`, error instanceof Error ? error.message : 'It is no pattern.');
    }
  };
  const patterns = {
    ...patternOf('title', rule.title),
    ...patternOf('category', rule.category),
    ...patternOf('tag', rule.tag),
  };
  return { number: index + 1, rule, patterns, window: windowOf(rule, defaultZone) };
}

function matchOf(
  { rule, patterns, window }: CompiledRule,
  { title, category, tags, kind }: JudgedBroadcast,
  at: string,
  recordsReruns: boolean,
): Match {
  const { kinds } = rule;
  const fitsKind = kinds === null ? isLiveKind(kind) || recordsReruns : kinds.includes(kind === '' ? 'live' : kind);
  if (!fitsKind || (window && !isWithin(window, at))) return 'no';
  const matches = [
    patterns.title && matchText(patterns.title, title),
    patterns.category && matchText(patterns.category, category),
    patterns.tag && (tags === null ? 'unknown' : tags.some(patterns.tag) ? 'yes' : 'no'),
  ];
  if (matches.includes('no')) return 'no';
  return matches.includes('unknown') ? 'unknown' : 'yes';
}

const matchText = (pattern: CompiledPattern, text: string | null): Match =>
  text === null ? 'unknown' : pattern(text) ? 'yes' : 'no';

const decided = ({ number, rule: { action, name } }: CompiledRule, judgeAgainAt: string | null): Verdict =>
  action === 'include'
    ? {
        decision: 'record',
        rule: { number, name },
        judgeAgainAt,
        reason: { code: 'rule.included', message: `Rule ${number} (${name}) says: record.` },
      }
    : {
        decision: 'skip',
        rule: { number, name },
        judgeAgainAt,
        reason: { code: 'rule.excluded', message: `Rule ${number} (${name}) says: do not record.` },
      };

const undecided = ({ number, rule: { name } }: CompiledRule, judgeAgainAt: string | null): Verdict => ({
  decision: 'undecided',
  rule: { number, name },
  judgeAgainAt,
  reason: { code: 'rule.undecided', message: `Rule ${number} (${name}) needs something that is not known yet.` },
});
