import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { RouterLink } from '@angular/router';
import type { Projection } from '@streamvault/api-contract';
import { Icon } from '../../ui/icon';
import { inWords } from '../../ui/states';
import { isUnderWay, stateWords, tellLag, tellRebuild } from './projection-words';

/** One read model: how far it is, what stopped it, and how far its replacement is. */
@Component({
  selector: 'sv-projection-card',
  imports: [Icon, MatButton, MatProgressBar, RouterLink],
  templateUrl: './projection-card.html',
  styleUrl: './projection-card.scss',
})
export class ProjectionCard {
  readonly projection = input.required<Projection>();
  readonly isBusy = input(false);
  readonly rebuild = output();

  protected readonly name = computed(() => inWords(this.projection().name.replaceAll('-', ' ')));
  protected readonly words = computed(() => stateWords[this.projection().state]);
  protected readonly lag = computed(() => tellLag(this.projection()));
  protected readonly isUnderWay = computed(() => isUnderWay(this.projection()));
  protected readonly percent = computed(() => (this.projection().rebuild?.progress ?? 0) * 100);
  protected readonly hasProgress = computed(() => this.projection().rebuild?.progress !== null);
  protected readonly building = computed(() => {
    const { rebuild } = this.projection();
    return rebuild && { ...rebuild, words: tellRebuild(rebuild) };
  });
  /** What stopped the live one, and what stopped the new one. */
  protected readonly troubles = computed(() => {
    const { error, poisonedEvent, rebuild } = this.projection();
    return [
      ...(error !== null || poisonedEvent !== null ? [{ key: 'live', error, event: poisonedEvent }] : []),
      ...(rebuild?.state === 'failed' ? [{ key: 'rebuild', error: rebuild.error, event: rebuild.poisonedEvent }] : []),
    ];
  });
}
