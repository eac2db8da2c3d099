import { describe, expect, it } from '@jest/globals';
import type { NotificationTarget } from '@streamvault/api-contract';
import { type OpenPage, openPage } from '../../../../../testing/page';
import NotificationsPage from './notifications-page';

describe('the Notifications page', () => {
  const api = '/api/notifications/targets';
  const outbox = '/api/notifications/deliveries';
  const target: NotificationTarget = {
    id: 2,
    name: 'Phone',
    settings: { kind: 'ntfy', server: 'https://ntfy.sh', topic: 'harbour' },
    origin: 'https://ntfy.sh',
    credentials: { token: { set: true, hint: null, updatedAt: null } },
    kinds: null,
    streamerIds: null,
    quiet: null,
    digestAt: null,
    templates: {},
    enabled: true,
    switchedOff: null,
    restingUntil: null,
  };
  async function open(targets: NotificationTarget[] = [target], deliveries: object[] = []): Promise<OpenPage> {
    const page = await openPage('/settings/notifications', 'settings/notifications', NotificationsPage);
    page.answer(api, { items: targets });
    page.answer('/api/streamers', { items: [], nextCursor: null });
    page.answer(outbox, { items: deliveries, nextCursor: null });
    await page.settle();
    return page;
  }

  it('sends a test, and shows what the receiver answered', async () => {
    const page = await open();
    await page.press('Send a test to Phone');
    const failure = { code: 'notice.refused', message: 'The receiver does not know the token.' };
    page.answer(`${api}/2/test`, { delivered: false, status: 401, answer: 'unauthorized', failure, seconds: 0.2 });
    await page.settle();
    const answer = page.find('[data-testid=target-2] .answer').textContent;
    for (const words of ['Not delivered', '401', failure.message, 'unauthorized']) expect(answer).toContain(words);
  });

  it('adds a target of a kind, with what that kind needs', async () => {
    const page = await open([]);
    await page.press('Add a target');
    const kind = page.find('select[name=kind]') as HTMLSelectElement;
    kind.value = 'email';
    kind.dispatchEvent(new Event('change'));
    await page.settle();
    const typed = { name: 'Me', host: 'mail.example', from: 'vault@example.org', to: 'a@example.org, b@example.org' };
    for (const [name, words] of Object.entries(typed)) await page.type(`input[name=${name}]`, words);
    page.find('sv-target-form form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    const { request } = page.answer(api, { ...target, name: 'Me' }, 201);
    expect(request.body).toEqual({
      name: 'Me',
      settings: {
        kind: 'email',
        host: 'mail.example',
        port: 587,
        security: 'starttls',
        user: null,
        from: 'vault@example.org',
        to: ['a@example.org', 'b@example.org'],
      },
      credentials: {},
      kinds: null,
      streamerIds: null,
      quiet: null,
      digestAt: null,
      templates: {},
      enabled: true,
    });
  });

  it('never shows a secret, and keeps it where nothing else is typed', async () => {
    const page = await open();
    await page.press('Edit Phone');
    const token = page.find('input[name=token]') as HTMLInputElement;
    expect([token.type, token.value, token.placeholder]).toEqual(['password', '', 'Set. Leave empty to keep it']);
    const [live] = document.querySelectorAll<HTMLInputElement>('sv-target-form input[type=checkbox]');
    live!.click();
    page.find('sv-target-form form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    const { body } = page.answer(`${api}/2`, target).request;
    expect(body.credentials).toEqual({});
    expect(body.kinds).not.toContain('streamer.live');
    expect(body.kinds).toContain('recording.failed');
  });

  it('says at the form what the server refuses', async () => {
    const page = await open([]);
    await page.press('Add a target');
    page.find('sv-target-form form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    const errors = [{ path: 'credentials.url', message: 'This address is on a private network.' }];
    page.answer(api, { title: 'Bad Request', detail: 'Not allowed.', code: 'request.invalid', errors }, 400);
    await page.settle();
    expect(page.find('sv-target-form [role=alert]').textContent).toContain('This address is on a private network.');
  });

  it('tells of each delivery what became of it', async () => {
    const delivery = {
      id: 'a',
      targetId: 2,
      kind: 'recording.failed',
      title: 'Harbour camera failed',
      text: '',
      state: 'dead',
      attempts: 5,
      queuedAt: '2026-11-22T21:00:00Z',
      dueAt: null,
      expiresAt: null,
      endedAt: '2026-11-22T22:00:00Z',
      deadBecause: 'gave-up',
      failure: { code: 'x', message: 'It answers 503.' },
    };
    const page = await open([target], [delivery]);
    const row = page.find('[data-testid=deliveries] li').textContent;
    expect(row).toContain('Phone');
    expect(row).toContain('Given up: the receiver did not take it in time. It answers 503.');
  });
});
