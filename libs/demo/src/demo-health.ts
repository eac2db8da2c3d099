import { Injectable } from '@nestjs/common';
import type { HealthReport, HealthSource } from '@streamvault/kernel';
import { DemoChannel } from './demo-channel.js';

/** The demo being away hurts nobody's recordings: it is a warning, and no more. */
@Injectable()
export class DemoHealth implements HealthSource {
  readonly name = 'demo';

  constructor(private readonly demo: DemoChannel) {}

  check(): HealthReport {
    const { state, failure } = this.demo.status();
    return failure === undefined ? { status: 'ok', detail: state } : { status: 'warn', detail: failure };
  }
}
