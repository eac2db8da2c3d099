import { Injectable } from '@nestjs/common';
import type { HealthReport, HealthSource } from '@streamvault/kernel';
import { DeliveryHost } from './sending/delivery-host.js';
import { TargetStreams } from './target-streams.js';

/** Reports targets that do not work in another way than through themselves. */
@Injectable()
export class NotificationsHealth implements HealthSource {
  readonly name = 'notifications';

  constructor(
    private readonly targets: TargetStreams,
    private readonly host: DeliveryHost,
  ) {}

  async check(): Promise<HealthReport> {
    const targets = [...(await this.targets.all()).values()];
    const off = targets.filter(({ switchedOff }) => switchedOff !== null).map(({ name }) => `${name} is gone`);
    const resting = targets
      .filter(({ targetId }) => this.host.worker?.resting.includes(targetId))
      .map(({ name }) => `${name} does not answer`);
    const troubles = [...off, ...resting];
    return troubles.length > 0
      ? { status: 'warn', detail: troubles.join(', ') }
      : { status: 'ok', detail: `${targets.length} targets` };
  }
}
