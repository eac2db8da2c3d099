import { beforeEach, describe, expect, it } from '@jest/globals';
import { aStreamer } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import { emptyRule } from '../../automation/rule-words';
import StreamerPage from './streamer-page';

describe('the rules of a streamer', () => {
  const api = '/api/streamers/1/rules';
  const noReruns = { ...emptyRule, name: 'No reruns', action: 'exclude', title: { mode: 'contains', text: 'rerun' } };
  const chess = { ...emptyRule, name: 'Chess', category: { mode: 'contains', text: 'chess' } };
  let page: OpenPage;

  beforeEach(async () => {
    page = await openPage('/streamers/1?tab=rules', 'streamers/:id', StreamerPage);
    page.answer('/api/streamers/1', aStreamer());
    page.answer('/api/recordings', { items: [], nextCursor: null });
    await page.settle();
    page.answer(api, { rules: [noReruns, chess], inherited: true });
    await page.settle();
  });
  const names = (): string[] =>
    [...document.querySelectorAll('[data-testid^=rule-] .name')].map(({ textContent }) => textContent.trim());

  it('are sentences in their order, with where they come from', () => {
    expect(page.find('[data-testid=rule-1]').textContent).toContain('Do not record when the title contains “rerun”.');
    expect(page.find('[data-testid=rules-origin]').textContent).toContain('rules for all streamers');
    expect(page.text).toContain('If none matches, the broadcast is not recorded.');
  });

  it('are put into another order, and sent when they are saved', async () => {
    await page.press('Move Chess up');
    expect(names()).toEqual(['Chess', 'No reruns']);
    expect(page.waiting()).toEqual([]);
    await page.press('Save rules');
    const { request } = page.answer(api, { rules: [chess, noReruns], inherited: false });
    expect([request.method, request.body]).toEqual(['PUT', { rules: [chess, noReruns] }]);
    await page.asked(api);
    page.answer(api, { rules: [chess, noReruns], inherited: false });
    await page.settle();
    expect(page.find('[data-testid=rules-origin]').textContent).toContain('rules of its own');
  });

  it('are thrown away where they are not wanted after all', async () => {
    await page.press('Remove No reruns');
    expect(names()).toEqual(['Chess']);
    await page.press('Discard changes');
    expect(names()).toEqual(['No reruns', 'Chess']);
  });

  it('asks for a name and for both times before it takes a rule', async () => {
    await page.press('Add a rule');
    await page.press('Use this rule');
    expect(page.find('sv-rule-form [role=alert]').textContent).toBe('Give the rule a name.');
    await page.type('sv-rule-form input[name=name]', 'Evenings');
    const from = page.find('sv-rule-form input[name=from]') as HTMLInputElement;
    from.value = '20:00';
    from.dispatchEvent(new Event('change'));
    await page.press('Use this rule');
    expect(page.find('sv-rule-form [role=alert]').textContent).toBe('Give both times, or neither.');
    const to = page.find('sv-rule-form input[name=to]') as HTMLInputElement;
    to.value = '01:00';
    to.dispatchEvent(new Event('change'));
    await page.settle();
    expect(page.find('sv-rule-form .sentence').textContent).toBe('Record when it is from 20:00 to 01:00.');
    await page.press('Use this rule');
    expect(names()).toEqual(['No reruns', 'Chess', 'Evenings']);
  });

  it('are tested as they stand on the page, naming which of them decided', async () => {
    await page.press('Remove No reruns');
    await page.press('Test on the last 50 broadcasts');
    const item = {
      broadcastId: 9,
      startedAt: '2026-11-20T20:00:00Z',
      title: 'Blitz',
      category: 'Chess',
      decision: 'record',
      rule: { number: 1, name: 'Chess' },
      reason: { code: 'rule.included', message: 'Rule 1 (Chess) says: record.' },
      wasRecorded: false,
    };
    const { request } = page.answer(`${api}/test`, { items: [item] });
    expect(request.body).toEqual({ rules: [chess] });
    await page.settle();
    expect(page.find('[data-testid=rule-test]').textContent).toContain('Rule 1 (Chess) decides.');
    expect(page.find('[data-testid=rule-test]').textContent).toContain('It was not recorded then.');
    expect(page.find('[data-testid=rule-1]').textContent).toContain('Decided 1 of the last 1');
  });
});
