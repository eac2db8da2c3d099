import { Service, computed, inject } from '@angular/core';
import { Session } from '../access/session';

/** Whether this person is offered to cut; what the server says counts. */
@Service()
export class MayCut {
  readonly #session = inject(Session);
  readonly now = computed(() => this.#session.who()?.permissions.includes('videos.change') ?? true);
}
