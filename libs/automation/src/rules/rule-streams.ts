import type { CommandHandling, CommandMetadata, Decider } from '@streamvault/kernel';
import { type Rules, type RulesChanged, rulesStream } from './rule-events.js';
import { RuleSet } from './rule-set.js';

interface ChangeRules {
  readonly at: string;
  readonly rules: Rules | null;
}

const rulesDecider: Decider<Rules | null, ChangeRules, RulesChanged> = {
  initialState: () => null,
  evolve: (_, { data }) => data.rules,
  decide: ({ at, rules }, before) =>
    JSON.stringify(rules) === JSON.stringify(before) ? [] : [{ type: 'RulesChanged', data: { at, rules } }],
};

export interface HeldRules {
  readonly rules: Rules;
  readonly inherited: boolean;
  readonly set: RuleSet;
}

/** Rules in the log, compiled once as long as they do not change. */
export class RuleStreams {
  readonly #handling: CommandHandling;
  readonly #zone: string;
  readonly #sets = new WeakMap<Rules, RuleSet>();

  constructor(handling: CommandHandling, zone: string) {
    this.#handling = handling;
    this.#zone = zone;
  }

  /** The rules for a streamer. */
  async of(streamerId: number): Promise<HeldRules> {
    const own = await this.#read(streamerId);
    const rules = own ?? (await this.#read(0)) ?? none;
    return { rules, inherited: own === null, set: this.#compiled(rules) };
  }

  /** The rules for all streamers without their own. */
  async forAll(): Promise<Rules> {
    return (await this.#read(0)) ?? none;
  }

  /** @throws InvalidRule */
  compile(rules: Rules): RuleSet {
    return new RuleSet(rules, this.#zone);
  }

  /**
   * For a streamer, or for all if it is 0.
   * @throws InvalidRule
   */
  async change(streamerId: number, rules: Rules | null, metadata: CommandMetadata) {
    if (rules !== null) this.compile(rules);
    const command = { at: metadata.now, rules };
    return this.#handling.handle({ stream: rulesStream(streamerId), decider: rulesDecider, command, metadata });
  }

  async #read(streamerId: number): Promise<Rules | null> {
    const { state } = await this.#handling.current({ stream: rulesStream(streamerId), decider: rulesDecider });
    return state;
  }

  /** The fold keeps the same list as long as it does not change. */
  #compiled(rules: Rules): RuleSet {
    const known = this.#sets.get(rules);
    if (known) return known;
    const set = this.compile(rules);
    this.#sets.set(rules, set);
    return set;
  }
}

const none: Rules = [];
