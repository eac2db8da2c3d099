import { Inject, Injectable } from '@nestjs/common';
import {
  type CommandMetadata,
  deterministicId,
  KERNEL_LOGGER,
  type KernelLogger,
  type ReadEvent,
  type Reaction,
} from '@streamvault/kernel';
import { recordingCategory, type RecordingEvent, RecordingStreams } from '@streamvault/recording';
import { GapFiller } from '../filling/gap-filler.js';

class TooLate extends Error {
  readonly code = 'gap-fill.too-late';
  constructor() {
    super('The gap was not filled in time. Ask for it again.');
  }
}

/** One after the other: each is as much work as finishing the recording was. */
@Injectable()
export class FillAGapWhenSomebodyAsks implements Reaction {
  readonly name = 'fill-a-gap-when-somebody-asks';
  readonly role = 'recorder';
  readonly filter = { categories: [recordingCategory] };
  readonly from = 'end';

  constructor(
    private readonly filler: GapFiller,
    private readonly recordings: RecordingStreams,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
  ) {}

  /** @throws only if the log cannot be written, or the signal's reason: then the event comes again */
  async handle(event: ReadEvent, signal: AbortSignal): Promise<void> {
    const { data, id, metadata, stream, type } = event as ReadEvent<RecordingEvent>;
    if (type !== 'GapFillRequested') return;
    const recordingId = Number(stream.split('-')[1]);
    const context = (await this.recordings.current(recordingId))?.context;
    const fill = context?.gapFills.find(({ from, state }) => from === data.from && state === 'running');
    // Handled before a restart, or asked for again since.
    if (!context || fill?.requestedAt !== data.at) return;
    const own = (part: string): CommandMetadata => ({
      commandId: deterministicId(id, this.name, part),
      correlationId: metadata.$correlationId,
      causationId: id,
      actor: 'recorder',
      now: new Date().toISOString(),
    });
    const late = AbortSignal.timeout(Math.max(0, Math.min(Date.parse(fill.deadline) - Date.now(), 2 ** 31 - 1)));
    try {
      late.throwIfAborted();
      await this.filler.fill(context, fill, own('fill'), AbortSignal.any([signal, late]));
    } catch (error) {
      if (signal.aborted) throw error;
      const cause = causeOf(late.aborted ? new TooLate() : error);
      this.logger.warn(`A gap was not filled: ${cause.message}`, { code: cause.code, recordingId, err: error });
      await this.filler.giveUp(context, fill, cause, own('give up'));
    }
  }
}

function causeOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: 'gap-fill.failed', message: String(error) };
  const code: unknown = 'code' in error ? error.code : undefined;
  return { code: typeof code === 'string' && code.includes('.') ? code : 'gap-fill.failed', message: error.message };
}
