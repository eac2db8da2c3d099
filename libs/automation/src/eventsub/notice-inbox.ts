import { type EventStore, type NewEvent, type StreamName, WrongExpectedRevision } from '@streamvault/event-store';
import { deterministicId, type EventRegistry } from '@streamvault/kernel';
import { hash } from 'node:crypto';
import { noticeCategory } from './notice-events.js';
import { readNotice } from './read-notice.js';

export interface ArrivedNotice {
  readonly messageId: string;
  readonly sentAt: string;
  readonly type: string;
  readonly event: unknown;
  readonly over: 'webhook' | 'websocket';
}

/** A notice as it is in the log. */
export type StoredNotice = NewEvent & { readonly stream: StreamName };

/** After so long nobody sends it again; a day is more than any of Twitch's retries. */
const keptSeconds = 24 * 3600;

/** Brings notices into the log. A stored notice is final: the same id again, over any transport, changes nothing. */
export class NoticeInbox {
  /** Called for each notice that this process has stored in the log. */
  onStored: ((notice: StoredNotice) => void) | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'append' | 'setStreamMetadata'>,
    private readonly registry: EventRegistry,
  ) {}

  /**
   * Settles when it is in the log.
   * @throws if the log cannot be written: the sender has to send it again
   */
  async take({ messageId, sentAt, type, event, over }: ArrivedNotice): Promise<'stored' | 'known' | 'ignored'> {
    const read = readNotice(type, event);
    if (!read) return 'ignored';
    const id = deterministicId('eventsub', messageId);
    const metadata = {
      commandId: id,
      correlationId: id,
      causationId: id,
      actor: 'twitch',
      now: new Date().toISOString(),
    };
    const data = { messageId, sentAt, receivedAt: metadata.now, over, ...read };
    const stream: StreamName = `${noticeCategory}-${hash('sha256', messageId).slice(0, 40)}`;
    const notice = this.registry.toNewEvent({ type: 'EventSubNoticeReceived', data }, metadata, stream);
    try {
      const { alreadyAppended } = await this.store.append(stream, [notice], 'no_stream');
      if (alreadyAppended) return 'known';
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return 'known';
      throw error;
    }
    this.onStored?.({ ...notice, stream });
    await this.store.setStreamMetadata(stream, { maxAge: keptSeconds });
    return 'stored';
  }
}
