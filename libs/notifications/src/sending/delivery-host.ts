import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { INSTALLATION, type Installation, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { DeliveryStreams } from '../delivery-streams.js';
import { TargetStreams } from '../target-streams.js';
import { DeliveryWorker } from './delivery-worker.js';
import { NoticeSender } from './notice-sender.js';
import { OpenDeliveryRows } from './open-deliveries.js';

const everyMilliseconds = 1000;

/** Runs the outbox, in a process with that role. */
@Injectable()
export class DeliveryHost implements BeforeApplicationShutdown {
  readonly worker: DeliveryWorker | undefined;

  constructor(
    open: OpenDeliveryRows,
    deliveries: DeliveryStreams,
    targets: TargetStreams,
    sender: NoticeSender,
    @Inject(INSTALLATION) { roles, sharesLog, timeZone }: Installation,
    @Inject(KERNEL_LOGGER) logger: KernelLogger,
  ) {
    if (!roles.has('scheduler')) return;
    const owner = `${process.pid}-${randomUUID()}`;
    this.worker = new DeliveryWorker({
      open,
      deliveries,
      targets,
      sender,
      owner,
      isAlone: !sharesLog,
      timeZone,
      logger,
    });
  }

  @Interval('notices', everyMilliseconds)
  async look(): Promise<void> {
    await this.worker?.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.stop();
  }
}
