import { describe, expect, it } from '@jest/globals';
import { openPage } from '../../../../../testing/page';
import RecordingDefaultsPage from './recording-defaults-page';

describe('the Recording defaults', () => {
  const free = <Value>(value: Value) => ({ value, lockedBy: null });
  const settings = {
    autoRecord: free(false),
    quality: free('best'),
    ads: free('skip'),
    proxies: free(null),
    patienceSeconds: free(720),
    reruns: free(false),
    stopAfterChangeSeconds: free('never'),
    nameTemplate: free('{date} {title}'),
    notices: free(null),
    rules: free([]),
    timeZone: { value: 'Europe/Berlin', lockedBy: 'TIME_ZONE' },
  };

  it('change what holds for all, and say what the environment sets', async () => {
    const page = await openPage('/settings/recording', 'settings/recording', RecordingDefaultsPage);
    page.answer('/api/settings', settings);
    page.answer('/api/proxies', { items: [], defaults: [] });
    await page.settle();
    expect(page.text).toContain('Europe/Berlin (set by TIME_ZONE in the environment)');
    const box = page.find('#choice-autoRecord') as HTMLSelectElement;
    expect([...box.options].map(({ text }) => text.trim())).toEqual(['Yes', 'No']);
    box.value = 'true';
    box.dispatchEvent(new Event('change'));
    await page.settle();
    const { request } = page.answer('/api/settings', settings);
    expect([request.method, request.body]).toEqual(['PATCH', { autoRecord: true }]);

    const saved = async () => {
      await page.settle();
      return page.answer('/api/settings', settings).request.body as object;
    };
    await page.asked('/api/settings');
    page.answer('/api/settings', settings);
    await page.settle();
    await page.type('input[name=nameTemplate]', '{title} {id}');
    page.button('Save the name').click();
    expect(await saved()).toEqual({ nameTemplate: '{title} {id}' });
    await page.asked('/api/settings');
    page.answer('/api/settings', settings);
    await page.settle();
    page.find('input[name="video.binned"]').click();
    const { notices } = (await saved()) as { notices: string[] };
    expect(notices).toContain('disk.full');
    expect(notices).not.toContain('video.binned');
  });
});
