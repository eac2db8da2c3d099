import type { ExpectedRevision, StreamName } from '@streamvault/event-store';
import type { AnyEvent, CommandHandling, CommandMetadata, Decider, KernelLogger } from '@streamvault/kernel';

/** After this, changes by other processes are read. */
const freshMilliseconds = 1000;

/** A state folded from one short stream and cached, because every request needs it. */
export class Register<State, Command, Event extends AnyEvent> {
  readonly #handling: CommandHandling;
  readonly #logger: KernelLogger;
  readonly #stream: StreamName;
  readonly #decider: Decider<State, Command, Event>;
  #known: { readonly state: State; readonly until: number } | undefined;
  #reading: Promise<State> | undefined;

  constructor(
    handling: CommandHandling,
    logger: KernelLogger,
    { stream, decider }: { readonly stream: StreamName; readonly decider: Decider<State, Command, Event> },
  ) {
    this.#handling = handling;
    this.#logger = logger;
    this.#stream = stream;
    this.#decider = decider;
  }

  /** @throws EventStoreUnavailable only if nothing is cached yet: an outage of the log signs no one out */
  async current(): Promise<State> {
    const known = this.#known;
    if (known && performance.now() < known.until) return known.state;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    try {
      return await this.#reading;
    } catch (error) {
      if (!known) throw error;
      this.#logger.warn('The log could not be read for permissions; the last known ones apply', { error });
      this.#remember(known.state);
      return known.state;
    }
  }

  /** @throws DomainError the decider's refusal */
  async handle(command: Command, metadata: CommandMetadata, expected?: ExpectedRevision) {
    const request = { stream: this.#stream, decider: this.#decider, command, metadata, expected };
    const handled = await this.#handling.handle(request);
    this.#remember(handled.state);
    return handled;
  }

  async #read(): Promise<State> {
    const { state } = await this.#handling.current({ stream: this.#stream, decider: this.#decider });
    this.#remember(state);
    return state;
  }

  #remember(state: State): void {
    this.#known = { state, until: performance.now() + freshMilliseconds };
  }
}
