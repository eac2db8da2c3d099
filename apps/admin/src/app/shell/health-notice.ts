import { Component, computed, inject } from '@angular/core';
import { diskTrouble } from '../storage/disk-words';
import { Icon } from '../ui/icon';
import { inWords } from '../ui/states';
import { HealthWatch } from './health-watch';

/** What `/health` finds wrong, where nobody can overlook it: a full disk stops recordings long before anybody asks. */
@Component({
  selector: 'sv-health-notice',
  imports: [Icon],
  template: `
    <div role="status">
      @for (finding of findings(); track finding.name) {
        <p [attr.data-status]="finding.status">
          <sv-icon name="alert" />
          <span
            ><strong>{{ finding.label }}</strong> {{ finding.detail }}</span
          >
        </p>
      }
    </div>
  `,
  styles: `
    p {
      display: flex;
      gap: 0.6rem;
      margin-bottom: 0.75rem;
      padding: 0.65rem 0.9rem;
      border-radius: var(--sv-radius-small);
      background: var(--sv-warn-soft);
      color: var(--mat-sys-on-surface);
      overflow-wrap: anywhere;
    }
    p sv-icon {
      color: var(--sv-warn);
      margin-top: 0.1rem;
    }
    p[data-status='down'] {
      background: var(--mat-sys-error-container);
      color: var(--mat-sys-on-error-container);
    }
    p[data-status='down'] sv-icon {
      color: inherit;
    }
  `,
})
export class HealthNotice {
  readonly #watch = inject(HealthWatch);
  protected readonly findings = computed(() => {
    const disks = this.#watch.disks().flatMap((disk) => diskTrouble(disk));
    const checks = Object.entries(this.#watch.health()?.checks ?? {})
      // Told disk by disk, with what to do.
      .filter(([name, check]) => check.status !== 'ok' && (name !== 'disk' || disks.length === 0))
      .map(([name, { status, detail }]) => ({
        name,
        status,
        label: `${inWords(name)}:`,
        detail: detail ?? (status === 'down' ? 'does not work.' : 'needs attention.'),
      }));
    return [...disks, ...checks];
  });
}
