import { describe, expect, it } from '@jest/globals';
import { type OpenPage, openPage } from '../../../../testing/page';
import ImportPage from './import-page';

describe('the Import page', () => {
  const api = '/api/library/import';
  const video = {
    file: 'old/ferry.mp4',
    videoId: null,
    title: 'Ferry',
    streamerId: 1,
    streamerName: 'Harbour camera',
    recordedAt: '2025-11-22T21:00:00Z',
    durationSeconds: 3600,
    bytes: 2e9,
  };
  const cause = { code: 'import.unreadable', message: 'It holds no video.' };
  const report = {
    dryRun: true,
    files: 2,
    imported: [video],
    skipped: [],
    unreadable: [{ file: 'old/notes.mp4', cause }],
  };
  async function open(): Promise<OpenPage> {
    const page = await openPage('/library/import', 'library/import', ImportPage);
    page.answer('/api/streamers', { items: [], nextCursor: null });
    page.answer(api, { running: null, last: null });
    await page.settle();
    await page.type('input[name=path]', 'old');
    await page.press('Look what would be imported');
    return page;
  }

  it('says first what would happen, and does it when it is told to', async () => {
    const page = await open();
    expect(page.answer(api, report).request.body).toEqual({ path: 'old', dryRun: true });
    await page.settle();
    expect(page.find('[data-testid=report]').textContent).toContain(
      '2 files looked at: 1 would be imported, 0 left aside, 1 unreadable.',
    );
    expect(page.find('[data-testid=report]').textContent).toContain(cause.message);
    await page.press('Import 1 video');
    const done = { ...report, dryRun: false, imported: [{ ...video, videoId: 8 }] };
    expect(page.answer(api, done).request.body).toEqual({ path: 'old', dryRun: false });
    await page.settle();
    expect(page.link('Ferry').getAttribute('href')).toBe('/videos/8');
    expect(page.buttons()).not.toContain('Import 1 video');
  });

  it('forgets what it found when another folder is named', async () => {
    const page = await open();
    page.answer(api, report);
    await page.settle();
    await page.type('input[name=path]', 'new');
    expect(document.querySelector('[data-testid=report]')).toBeNull();
  });

  it('says that there is no such folder', async () => {
    const page = await open();
    page.answer(api, { title: 'Not Found', detail: 'There is no folder “old”.', code: 'import.no-folder' }, 404);
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('There is no folder “old”.');
  });

  it('says how far a running import is, also one that another user began', async () => {
    const page = await openPage('/library/import', 'library/import', ImportPage);
    page.answer('/api/streamers', { items: [], nextCursor: null });
    const running = {
      path: 'old',
      dryRun: false,
      startedAt: '2026-11-22T21:00:00Z',
      files: 40,
      done: 12,
      file: 'a.mp4',
    };
    page.answer(api, { running, last: null });
    await page.settle();
    expect(page.text).toContain('Importing from old: 12 of 40 files.');
    await page.asked(api);
    page.answer(api, { running: null, last: null });
    await page.settle();
    expect(document.querySelector('progress')).toBeNull();
  });
});
