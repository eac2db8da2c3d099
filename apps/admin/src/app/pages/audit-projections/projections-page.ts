import { Component, computed, effect, inject, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Projection, Projections } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { liveQuery } from '../../feed/live-query';
import { whileVisible } from '../../feed/while-visible';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { inWords } from '../../ui/states';
import { TroublePanel } from '../../ui/trouble-panel';
import { AuditHead } from '../audit/audit-head';
import { ProjectionCard } from './projection-card';
import { isUnderWay } from './projection-words';

const everyMilliseconds = 3000;

/** The read models: how far each one is, and how to rebuild it. */
@Component({
  selector: 'sv-projections-page',
  imports: [AuditHead, Icon, MatButton, ProjectionCard, Skeleton, TroublePanel],
  templateUrl: './projections-page.html',
  styles: `
    .about {
      display: flex;
      flex-wrap: wrap;
      gap: 0.75rem 1.5rem;
      align-items: center;
      justify-content: space-between;
    }
    .about p {
      flex: 1 1 22rem;
      max-width: 46rem;
    }
    ul {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr));
      gap: 1.25rem;
      align-items: start;
    }
  `,
})
export default class ProjectionsPage {
  readonly #api = inject(ConsoleApi);
  readonly #ask = inject(Ask);
  readonly #notices = inject(Notices);
  readonly #underWay = new Set<string>();
  protected readonly commands = inject(Commands);

  protected readonly query = liveQuery({ params: () => 'projections', load: () => this.#api.projections() });
  protected readonly isAnyUnderWay = computed(
    () => this.query.value()?.items.some((projection) => isUnderWay(projection)) ?? false,
  );

  constructor() {
    whileVisible(everyMilliseconds, () => this.query.reload());
    effect(() => {
      const items = this.query.value()?.items ?? [];
      untracked(() => this.#follow(items));
    });
  }

  protected async rebuild({ name }: Projection): Promise<void> {
    await this.#rebuild(name, `Rebuild ${inWords(name.replaceAll('-', ' '))}?`);
  }

  protected rebuildAll(): Promise<void> {
    return this.#rebuild('all', 'Rebuild all of them?');
  }

  async #rebuild(name: string, title: string): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title,
      text: 'It is read again from the first event on, beside the one that is shown, and takes its place when it is complete. Pages stay as they are meanwhile; a long log keeps the server busy for a while.',
      confirm: 'Rebuild',
      keep: 'Not now',
      isHarmless: true,
    });
    if (!confirmed) return;
    const answer = await this.commands.run(`rebuild-${name}`, () => this.#api.rebuildProjection(name));
    if (answer) this.#begun(answer);
    this.query.reload();
  }

  /** A small log is read again before anybody can ask for its progress. */
  #begun({ items }: Projections): void {
    for (const { name } of items) this.#underWay.add(name);
  }

  /** Says when a rebuilt read model has replaced the old one. */
  #follow(items: readonly Projection[]): void {
    const finished = items.filter(({ name, rebuild }) => rebuild === null && this.#underWay.has(name));
    for (const projection of items) {
      if (isUnderWay(projection)) this.#underWay.add(projection.name);
      else this.#underWay.delete(projection.name);
    }
    const names = finished.map(({ name }) => inWords(name.replaceAll('-', ' ')));
    if (names.length > 0) this.#notices.done(`Rebuilt: ${names.join(', ')}.`);
  }
}
