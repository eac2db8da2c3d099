import { describe, expect, it } from '@jest/globals';
import { openPage } from '../../../../testing/page';
import SettingsPage from './settings-page';

describe('the Settings page', () => {
  it('tells what every health check found', async () => {
    const page = await openPage('/settings', 'settings', SettingsPage);
    const checks = { eventStore: { status: 'ok' }, ffmpeg: { status: 'warn', detail: 'It is of 2018.' } };
    page.answer('/health', { status: 'ok', version: '1.2.3', uptimeSeconds: 3700, checks, disks: [] });
    await page.settle();
    expect(page.text).toContain('StreamVault 1.2.3, up for 1 h 1 min');
    expect(page.find('[data-status=ok]').textContent).toContain('Event store');
    expect(page.find('[data-status=warn]').textContent).toMatch(/Ffmpeg.*Needs attention.*It is of 2018./s);
  });
});
