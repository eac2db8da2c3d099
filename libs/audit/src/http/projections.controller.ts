import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Projection, projections, type Projections } from '@streamvault/api-contract';
import { EVENT_STORE, type PoisonedEvent, ProjectionRunner, type ProjectionStatus } from '@streamvault/kernel';
import type { EventStore } from '@streamvault/event-store';
import { Answers, Needs } from '@streamvault/http-kit';

@ApiTags('Audit')
@Controller('api/audit/projections')
export class ProjectionsController {
  constructor(
    private readonly runner: ProjectionRunner,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Get()
  @Needs('audit.view')
  @Answers(200, projections, 'The read models: how far each is, what stopped it, how far its rebuild is.')
  list(): Promise<Projections> {
    return this.#answer(this.runner.status());
  }

  @Post(':name/rebuild')
  @Needs('audit.rebuild')
  @HttpCode(202)
  @Answers(202, projections, 'Rebuilds a read model beside the live one, then replaces that; `all` rebuilds all.', 404)
  async rebuild(@Param('name') name: string): Promise<Projections> {
    const names = name === 'all' ? this.runner.status().map((each) => each.name) : [name];
    for (const each of names) this.runner.rebuild(each);
    return this.#answer(this.runner.status().filter((each) => names.includes(each.name)));
  }

  async #answer(items: readonly ProjectionStatus[]): Promise<Projections> {
    const head = await this.store.headPosition();
    return { headPosition: head === undefined ? null : String(head), items: items.map((item) => toProjection(item)) };
  }
}

function toProjection(status: ProjectionStatus): Projection {
  const { error, lagSeconds, name, poisonedEvent, position, rebuild, state, version } = status;
  return {
    name,
    version,
    state,
    position: position === undefined ? null : String(position),
    lagSeconds,
    error: error ?? null,
    poisonedEvent: poisonedEvent ? toPoisonedEvent(poisonedEvent) : null,
    rebuild: rebuild
      ? {
          state: rebuild.state,
          startedAt: rebuild.startedAt,
          position: rebuild.position === undefined ? null : String(rebuild.position),
          progress: rebuild.progress,
          remainingSeconds: rebuild.remainingSeconds,
          error: rebuild.error ?? null,
          poisonedEvent: rebuild.poisonedEvent ? toPoisonedEvent(rebuild.poisonedEvent) : null,
        }
      : null,
  };
}

const toPoisonedEvent = ({ revision, position, ...event }: PoisonedEvent) => ({
  ...event,
  revision: String(revision),
  position: String(position),
});
