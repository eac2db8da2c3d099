import { describe, expect, it } from '@jest/globals';
import type { NotificationTarget } from '@streamvault/api-contract';
import { type OpenPage, openPage } from '../../../../../testing/page';
import NotificationsPage from './notifications-page';

describe('the manner of a target', () => {
  const api = '/api/notifications/targets';
  const target: NotificationTarget = {
    id: 2,
    name: 'Phone',
    settings: { kind: 'ntfy', server: 'https://ntfy.sh', topic: 'harbour' },
    origin: 'https://ntfy.sh',
    credentials: {},
    kinds: null,
    streamerIds: null,
    quiet: null,
    digestAt: null,
    templates: {},
    enabled: true,
    switchedOff: null,
    restingUntil: null,
  };
  async function open(): Promise<OpenPage> {
    const page = await openPage('/settings/notifications', 'settings/notifications', NotificationsPage);
    page.answer(api, { items: [target] });
    page.answer('/api/streamers', { items: [], nextCursor: null });
    page.answer('/api/notifications/deliveries', { items: [], nextCursor: null });
    await page.settle();
    await page.press('Edit Phone');
    return page;
  }
  const setTime = async (page: OpenPage, name: string, time: string): Promise<void> => {
    const box = page.find(`input[name=${name}]`) as HTMLInputElement;
    box.value = time;
    box.dispatchEvent(new Event('change'));
    await page.settle();
  };

  it('has quiet hours, a time for all of them together, and words of its own', async () => {
    const page = await open();
    await setTime(page, 'quiet-from', '22:00');
    await setTime(page, 'quiet-to', '07:00');
    await setTime(page, 'digest', '08:00');
    await page.type('input[name=template-title]', '{{streamer}} is ready');
    page.find('sv-target-form form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    expect(page.answer(`${api}/2`, target).request.body).toMatchObject({
      quiet: { from: '22:00', to: '07:00', zone: null },
      digestAt: '08:00',
      templates: { 'recording.completed': { title: '{{streamer}} is ready', text: null } },
    });
  });

  it('shows how its words read, and forgets that when they change', async () => {
    const page = await open();
    await page.type('input[name=template-title]', '{{streamer}} is ready');
    await page.press('Preview');
    const template = { title: '{{streamer}} is ready', text: null };
    const { request } = page.answer('/api/notifications/preview', { title: 'Ada is ready', text: 'One hour.' });
    expect(request.body).toEqual({ kind: 'recording.completed', template });
    await page.settle();
    expect(page.find('[data-testid=preview]').textContent).toContain('Ada is ready');
    await page.type('input[name=template-title]', '');
    expect(document.querySelector('[data-testid=preview]')).toBeNull();
  });

  it('says what is wrong with its words', async () => {
    const page = await open();
    await page.type('input[name=template-title]', '{{nobody}}');
    await page.press('Preview');
    const detail = 'There is no {{nobody}}.';
    page.answer('/api/notifications/preview', { title: 'Bad Request', detail, code: 'notice.template' }, 400);
    await page.settle();
    expect(page.find('sv-manner-fields [role=alert]').textContent).toContain(detail);
  });
});
