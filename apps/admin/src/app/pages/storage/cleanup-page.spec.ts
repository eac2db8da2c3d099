import { describe, expect, it } from '@jest/globals';
import { openPage } from '../../../../testing/page';
import CleanupPage from './cleanup-page';

describe('the Cleanup page', () => {
  const settings = { policies: [], emergency: { enabled: false, hours: 4 }, floorHours: 24 };
  const removal = {
    videoId: 7,
    title: 'Ferries at dusk',
    streamerName: 'Harbour camera',
    endedAt: '2026-11-01T18:00:00.000Z',
    bytes: 2_400_000_000,
    action: 'bin',
    policy: 'All streamers',
    reason: 'older-than',
    rule: 'older than 30 days',
    overrides: null,
  };
  async function open() {
    const page = await openPage('/storage/cleanup', 'storage/cleanup', CleanupPage);
    page.answer('/api/cleanup/policies', settings);
    page.answer('/api/cleanup/runs', { items: [] });
    await page.settle();
    return page;
  }

  it('says the rules as a sentence while they are typed, and saves them', async () => {
    const page = await open();
    expect(page.find('[data-testid=rules]').textContent).toBe('Off. Removes nothing yet.');
    await page.type('input[name=olderThanDays]', '30');
    expect(page.find('[data-testid=rules]').textContent).toContain('older than 30 days');
    page.button('Save the rules').click();
    const saved = page.answer('/api/cleanup/policies', settings);
    expect(saved.request.method).toBe('PUT');
    expect(saved.request.body).toMatchObject({ policies: [{ scope: { kind: 'all' }, remove: { olderThanDays: 30 } }] });
    await page.asked('/api/cleanup/policies');
  });

  it('saves what is to happen when a disk is about to be full', async () => {
    const page = await open();
    expect(page.find('[data-testid=emergency]').textContent).toContain('Off.');
    await page.type('input[name=emergencyHours]', '12');
    page.find('section[aria-labelledby=emergency] input[type=checkbox]').click();
    await page.settle();
    expect(page.find('[data-testid=emergency]').textContent).toContain('within 12 hours, the bin is emptied first');
    page.button('Save').click();
    const { body } = page.answer('/api/cleanup/policies', settings).request;
    expect(body).toMatchObject({ emergency: { enabled: true, hours: 12 }, floorHours: 24 });
    await page.asked('/api/cleanup/policies');
  });

  it('has rules for a category, apart from those for all', async () => {
    const page = await open();
    await page.type('input[name=category]', 'Chess');
    await page.press('Make rules for it');
    await page.type('section[aria-labelledby=others] input[name=olderThanDays]', '7');
    page.button('Save these rules').click();
    const { body } = page.answer('/api/cleanup/policies', settings).request;
    const [chess] = (body as { policies: object[] }).policies;
    expect(chess).toMatchObject({
      enabled: true,
      scope: { kind: 'category', category: 'Chess' },
      remove: { olderThanDays: 7 },
    });
    await page.asked('/api/cleanup/policies');
    page.answer('/api/cleanup/policies', { ...settings, policies: [chess] });
    await page.settle();
    expect(page.find('section[aria-labelledby=others]').textContent).toMatch(/Chess.*older than 7 days/s);
    page.button('Remove the rules for Chess').click();
    expect(page.answer('/api/cleanup/policies', settings).request.body).toMatchObject({ policies: [] });
    await page.asked('/api/cleanup/policies');
  });

  it('lists exactly what would go and what stays, and asks for the number where it is much', async () => {
    const page = await open();
    page.button('Preview').click();
    page.answer('/api/cleanup/preview', {
      removals: [removal],
      spared: [{ videoId: 8, title: 'Kept one', bytes: 1, reason: 'older-than', spared: 'protected' }],
      bytes: removal.bytes,
      share: 0.4,
      needsConfirmation: true,
      bytesMissing: 0,
    });
    await page.settle();
    expect(page.find('[data-testid=removal-7]').textContent).toContain('older than 30 days');
    expect(page.text).toContain('Kept one stays: kept by a person.');
    await page.type('input[name=confirm]', '1');
    page.button('Remove them').click();
    expect(page.answer('/api/cleanup/runs', { outcome: 'done', binned: 1, purged: 0 }).request.body).toEqual({
      confirm: 1,
    });
    await page.asked('/api/cleanup/runs');
  });
});
