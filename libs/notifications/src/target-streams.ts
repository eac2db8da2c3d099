import { Injectable } from '@nestjs/common';
import { CommandHandling, type CommandMetadata, type Handled } from '@streamvault/kernel';
import { type Target, type TargetCommand, targetDecider, type Targets } from './domain/target-decider.js';
import { TargetNotFound } from './domain/target-errors.js';
import { type TargetEvent, targetsStream } from './domain/target-events.js';

/** All targets, from the log itself: they are few, and somebody who changes one wants to see it at once. */
@Injectable()
export class TargetStreams {
  constructor(private readonly handling: CommandHandling) {}

  async all(): Promise<Targets> {
    return (await this.handling.current({ stream: targetsStream, decider: targetDecider })).state;
  }

  /** @throws TargetNotFound */
  async get(targetId: number): Promise<Target> {
    const target = (await this.all()).get(targetId);
    if (!target) throw new TargetNotFound(targetId);
    return target;
  }

  handle(command: TargetCommand, metadata: CommandMetadata): Promise<Handled<Targets, TargetEvent>> {
    return this.handling.handle({ stream: targetsStream, decider: targetDecider, command, metadata });
  }
}
