import { Injectable } from '@nestjs/common';
import type { Revision } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, type Fold, type Handled } from '@streamvault/kernel';
import { type Delivery, type DeliveryCommand, deliveryDecider } from './domain/delivery-decider.js';
import { type DeliveryEvent, noticeStream } from './domain/delivery-events.js';

/** The outbox in the log: the state of each notice. */
@Injectable()
export class DeliveryStreams {
  constructor(private readonly handling: CommandHandling) {}

  current(noticeId: string): Promise<Fold<Delivery | undefined>> {
    return this.handling.current({ stream: noticeStream(noticeId), decider: deliveryDecider });
  }

  handle(
    noticeId: string,
    command: DeliveryCommand,
    metadata: CommandMetadata,
    expected?: Revision,
  ): Promise<Handled<Delivery | undefined, DeliveryEvent>> {
    const stream = noticeStream(noticeId);
    return this.handling.handle({ stream, decider: deliveryDecider, command, metadata, expected });
  }
}
