import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { ChangeSettingsBody, Rule } from '@streamvault/api-contract';
import { from } from 'rxjs';
import { ConsoleApi } from '../../../api/console-api';
import { AutomationApi } from '../../../automation/automation-api';
import { RulesEditor } from '../../../automation/rules-editor';
import { Commands } from '../../../commands/commands';
import { Notices } from '../../../commands/notices';
import { isAbout, liveQuery } from '../../../feed/live-query';
import { ChoiceEditor, type ChoiceChange } from '../../../streamers/choice-editor';
import type { Choices } from '../../../streamers/choices';
import { Icon } from '../../../ui/icon';
import { Skeleton } from '../../../ui/skeleton';
import { TroublePanel } from '../../../ui/trouble-panel';

/** Settings for all streamers without a choice of their own, and the rules for all. */
@Component({
  selector: 'sv-recording-defaults-page',
  imports: [ChoiceEditor, Icon, RouterLink, RulesEditor, Skeleton, TroublePanel],
  template: `
    <div class="sv-page">
      <div class="title">
        <a routerLink="/settings" class="sv-up"><sv-icon name="back" /> Settings</a>
        <h1>Recording defaults</h1>
      </div>
      @if (query.value(); as settings) {
        <section class="sv-card box" aria-labelledby="defaults">
          <h2 id="defaults">For all streamers</h2>
          <p class="sv-quiet">A streamer can have its own. Its page shows which of these it uses.</p>
          @if (choices(); as values) {
            <sv-choice-editor
              [choices]="values"
              [locks]="locks()"
              [proxies]="proxies.value()"
              [busy]="commands.isBusy('defaults')"
              (chosen)="choose($event)"
            />
          }
          <p class="sv-quiet">
            Time zone of rules and schedules: <strong>{{ settings.timeZone.value }}</strong>
            @if (settings.timeZone.lockedBy; as variable) {
              (set by {{ variable }} in the environment)
            }
          </p>
        </section>
        <section class="sv-card box" aria-labelledby="rules">
          <h2 id="rules">Rules for all streamers</h2>
          <sv-rules-editor
            [rules]="settings.rules.value"
            [busy]="commands.isBusy('defaults')"
            (save)="saveRules($event)"
          />
          <p class="sv-quiet">A streamer’s page has its own rules, and a test on its last 50 broadcasts.</p>
        </section>
      } @else if (query.trouble(); as trouble) {
        <sv-trouble [trouble]="trouble" (retry)="query.reload()" />
      } @else {
        <sv-skeleton [count]="3" [height]="120" />
      }
    </div>
  `,
  styles: `
    .title {
      display: grid;
      gap: 0.4rem;
    }
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.8rem;
      padding: 1.1rem 1.3rem 1.3rem;
    }
  `,
})
export default class RecordingDefaultsPage {
  readonly #api = inject(AutomationApi);
  readonly #console = inject(ConsoleApi);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);

  protected readonly query = liveQuery({
    params: () => ({}),
    load: () => this.#api.settings(),
    concerns: isAbout('streamerdefaults-0', 'rules-0', 'library-choices'),
  });
  protected readonly proxies = liveQuery({ params: () => ({}), load: () => from(this.#console.proxies()) });

  protected readonly choices = computed((): Choices | undefined => {
    const settings = this.query.value();
    if (!settings) return undefined;
    const { autoRecord, quality, ads, proxies, patienceSeconds, reruns, stopAfterChangeSeconds } = settings;
    const { nameTemplate, notices } = settings;
    return {
      autoRecord: autoRecord.value,
      quality: quality.value,
      ads: ads.value,
      proxies: proxies.value,
      patienceSeconds: patienceSeconds.value,
      reruns: reruns.value,
      stopAfterChangeSeconds: stopAfterChangeSeconds.value,
      nameTemplate: nameTemplate.value,
      notices: notices.value,
    };
  });
  protected readonly locks = computed(() =>
    Object.fromEntries(Object.entries(this.query.value() ?? {}).map(([name, { lockedBy }]) => [name, lockedBy])),
  );

  protected choose({ body }: ChoiceChange): Promise<void> {
    const { notices, proxies, ...others } = body;
    // No other settings apply above these. Without a choice, the environment decides the route, and every kind of
    // notice is sent.
    const named = Object.entries(others).filter(([, value]) => value !== null);
    return this.#send({
      ...Object.fromEntries(named),
      ...(proxies !== undefined && { proxies }),
      ...(notices !== undefined && { notices }),
    });
  }

  protected saveRules(rules: Rule[]): Promise<void> {
    return this.#send({ rules });
  }

  async #send(body: ChangeSettingsBody): Promise<void> {
    const saved = await this.commands.run('defaults', () => this.#api.changeSettings(body));
    if (saved) this.#notices.done('Saved for all streamers.');
    this.query.reload();
  }
}
