import { Inject, Injectable } from '@nestjs/common';
import { preflightFacts, type PreflightProblem } from '@streamvault/api-contract';
import { deterministicId, INSTALLATION, type Installation, type Reaction, type ReadEvent } from '@streamvault/kernel';
import { StreamerStreams } from '@streamvault/streamers';
import { DeliveryStreams } from '../delivery-streams.js';
import { expiryOf, type Notice } from '../domain/notice.js';
import { isExpired } from '../domain/retry.js';
import { wants } from '../domain/target-decider.js';
import { isWantedAbout } from '../sending/wanted-about.js';
import { TargetStreams } from '../target-streams.js';

/** More at once is one trouble with many faces. */
const mostProblems = 10;

/** What will keep the next recording from coming about is told before it matters: once a day, for as long as it lasts. */
@Injectable()
export class QueueNoticesWhenLookingAheadFindsTrouble implements Reaction {
  readonly name = 'queue-notices-when-looking-ahead-finds-trouble';
  readonly role = 'scheduler';
  readonly filter = { types: ['PreflightChecked'] };
  readonly from = 'end';

  constructor(
    private readonly targets: TargetStreams,
    private readonly deliveries: DeliveryStreams,
    private readonly streamers: StreamerStreams,
    @Inject(INSTALLATION) private readonly installation: Pick<Installation, 'publicUrl'>,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const found = preflightFacts.safeParse(event.data).data;
    if (!found) return;
    const failures = found.problems.filter(({ level }) => level === 'fail').slice(0, mostProblems);
    if (failures.length === 0) return;
    const now = new Date().toISOString();
    const targets = [...(await this.targets.all()).values()];
    for (const problem of failures) {
      const notice = this.#noticeOf(problem, found.checkedAt);
      const expiresAt = expiryOf(notice);
      if (isExpired(expiresAt, now) || !(await isWantedAbout(notice, this.streamers))) continue;
      for (const { targetId } of targets.filter((target) => wants(target, notice))) {
        const day = found.checkedAt.slice(0, 10);
        const noticeId = deterministicId('preflight', problem.code, problem.streamerId ?? 0, day, targetId);
        const { id: causationId, metadata } = event;
        await this.deliveries.handle(
          noticeId,
          { type: 'QueueNotice', noticeId, targetId, notice, sourceEventId: event.id, expiresAt, at: now },
          { commandId: noticeId, correlationId: metadata.$correlationId, causationId, actor: 'notifications', now },
        );
      }
    }
  }

  #noticeOf({ message, next, streamerId, streamerName }: PreflightProblem, at: string): Notice {
    const { publicUrl } = this.installation;
    return {
      kind: 'preflight.failed',
      severity: 'failure',
      title: message.replaceAll(/\p{Cc}+/gu, ' ').trim(),
      text: next ?? '',
      at,
      streamerId,
      streamerName,
      show: null,
      recordingId: null,
      videoId: null,
      link: publicUrl === undefined ? null : publicUrl,
    };
  }
}
