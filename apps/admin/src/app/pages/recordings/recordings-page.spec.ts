import { describe, expect, it } from '@jest/globals';
import { aRecording, anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import RecordingsPage from './recordings-page';

describe('the Recordings page', () => {
  const api = '/api/recordings';
  const open = (path = '/recordings'): Promise<OpenPage> => openPage(path, 'recordings', RecordingsPage);

  it('lists every recording with what matters of it', async () => {
    const page = await open();
    const failure = { code: 'x', message: 'The address answered with a web page.' };
    const gap = { from: '2026-11-22T21:00:10Z', to: '2026-11-22T21:00:31Z', seconds: 21, cause: failure };
    const items = [
      aRecording({ id: 1, state: 'failed', failure }),
      aRecording({ id: 2, gaps: [gap], capturedRatio: 0.98 }),
    ];
    page.answer(api, { items, nextCursor: null });
    await page.settle();
    expect(page.find('[data-testid=recording-1]').textContent).toContain('The address answered with a web page.');
    expect(page.find('[data-testid=recording-2]').textContent).toContain('98.0 %, 1 gap');
    expect(page.find('[data-testid=recording-2] a').getAttribute('href')).toBe('/recordings/2');
  });

  it('filters by the state in the address', async () => {
    const page = await open('/recordings?state=failed');
    expect(page.askedFor(api)).toEqual([`${api}?state=failed`]);
    page.answer(api, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('There is none in this state.');
    expect(page.link('Failed').getAttribute('aria-current')).toBe('true');
    page.link('All').click();
    await page.settle();
    expect(page.askedFor(api)).toEqual([api]);
  });

  it('loads more after what is there, and takes a changed list as one', async () => {
    const page = await open();
    page.answer(api, { items: [aRecording({ id: 2 })], nextCursor: 'next' });
    await page.settle();
    await page.press('Load more');
    page.answer(api, { items: [aRecording({ id: 2 })], nextCursor: 'next' });
    expect(page.askedFor(api)).toEqual([`${api}?cursor=next`]);
    page.answer(api, { items: [aRecording({ id: 1 })], nextCursor: null });
    await page.settle();
    expect(page.element.querySelectorAll('sv-recording-row')).toHaveLength(2);
    expect(page.buttons()).not.toContain('Load more');
  });

  it('follows what happens', async () => {
    const page = await open();
    page.answer(api, { items: [aRecording()], nextCursor: null });
    await page.settle();
    page.feed.open();
    page.feed.event(anEvent('RecordingCompleted'));
    await page.asked(api);
    page.answer(api, { items: [aRecording({ state: 'completed' })], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('Ready');
    expect(page.find('sv-state').dataset['state']).toBe('completed');
  });
});
