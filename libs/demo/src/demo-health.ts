import { Injectable } from '@nestjs/common';
import type { HealthReport, HealthSource } from '@streamvault/kernel';
import { DemoChannel } from './demo-channel.js';

/** A missing demo channel affects no recordings: it is only a warning. */
@Injectable()
export class DemoHealth implements HealthSource {
  readonly name = 'demo';

  constructor(private readonly demo: DemoChannel) {}

  check(): HealthReport {
    const { state, failure } = this.demo.status();
    return failure === undefined ? { status: 'ok', detail: state } : { status: 'warn', detail: failure };
  }
}
