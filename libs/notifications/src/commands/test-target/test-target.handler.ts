import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { TargetTest } from '@streamvault/api-contract';
import { INSTALLATION, type Installation, requirePermission } from '@streamvault/kernel';
import { NoticeSender } from '../../sending/notice-sender.js';
import { TargetStreams } from '../../target-streams.js';
import { TestTarget } from './test-target.command.js';

/** Somebody waits for the answer. */
const patienceSeconds = 15;

@CommandHandler(TestTarget)
export class TestTargetHandler implements ICommandHandler<TestTarget> {
  constructor(
    private readonly targets: TargetStreams,
    private readonly sender: NoticeSender,
    @Inject(INSTALLATION) private readonly installation: Pick<Installation, 'publicUrl'>,
  ) {}

  /** @throws TargetNotFound */
  async execute({ targetId, metadata }: TestTarget): Promise<TargetTest> {
    requirePermission(metadata, 'notifications.change');
    const target = await this.targets.get(targetId);
    const since = performance.now();
    const { verdict, status, answer } = await this.sender.send(
      target,
      {
        id: metadata.commandId,
        isTest: true,
        kind: 'recording.completed',
        severity: 'info',
        title: 'A test of StreamVault',
        text: `Notices for “${target.name}” arrive here.`,
        at: metadata.now,
        streamerId: null,
        streamerName: null,
        show: null,
        recordingId: null,
        videoId: null,
        link: this.installation.publicUrl ?? null,
      },
      undefined,
      patienceSeconds,
    );
    return {
      delivered: verdict.kind === 'delivered',
      status,
      answer,
      failure: verdict.kind === 'delivered' ? null : { code: verdict.code, message: verdict.message },
      seconds: Math.round(performance.now() - since) / 1000,
    };
  }
}
