import { describe, expect, it } from '@jest/globals';
import type { LibraryMove, LibrarySettingsAnswer } from '@streamvault/api-contract';
import { type OpenPage, openPage } from '../../../../testing/page';
import NamesPage from './names-page';

describe('the Names page', () => {
  const [settingsApi, previewApi, moveApi] = [
    '/api/library/settings',
    '/api/library/names/preview',
    '/api/library/move',
  ] as const;
  const settings: LibrarySettingsAnswer = {
    template: '{streamer}/{title}',
    preset: 'streamer',
    nfo: true,
    artwork: true,
    trickplay: false,
    presets: [
      { name: 'streamer', template: '{streamer}/{title}', example: 'Somebody/Evening show' },
      { name: 'flat', template: '{date} {title}', example: '2026-11-30 Evening show' },
    ],
    fields: [{ name: 'title', meaning: 'the title' }],
  };
  const still: LibraryMove = { pending: null, progress: null, last: null, planned: null };
  const examples = [
    { videoId: null, title: 'Evening show', file: '2026-11-30 Evening show.mp4' },
    { videoId: 7, title: 'Ferries', file: '2026-11-21 Ferries.mp4' },
  ];

  async function open(move = still): Promise<OpenPage> {
    const page = await openPage('/library/names', 'library/names', NamesPage);
    page.answer(settingsApi, settings);
    await page.settle();
    page.answer(moveApi, move);
    await page.asked(previewApi);
    page.answer(previewApi, { problems: [], examples: [] });
    await page.settle();
    return page;
  }

  it('previews what is typed when the typing pauses, and saves it', async () => {
    const page = await open();
    expect(page.button('Save').disabled).toBe(true);
    await page.type('input[name=template]', '{date}');
    await page.type('input[name=template]', '{date} {title}');
    await page.asked(previewApi);
    const { request } = page.answer(previewApi, { problems: [], examples });
    expect(request.body).toEqual({ template: '{date} {title}' });
    await page.settle();
    expect(page.find('[data-testid=examples]').textContent).toContain('2026-11-21 Ferries.mp4');
    await page.press('Save');
    const saved = page.answer(settingsApi, { ...settings, template: '{date} {title}', preset: 'flat' });
    expect([saved.request.method, saved.request.body]).toEqual(['PATCH', { template: '{date} {title}' }]);
    await page.settle();
    await page.asked(settingsApi);
    page.answer(settingsApi, { ...settings, template: '{date} {title}', preset: 'flat' });
    await page.settle();
    expect(page.button('Save').disabled).toBe(true);
    expect(page.find('input[type=radio][value=flat]').matches(':checked')).toBe(true);
  });

  it('says what is wrong with a template, and does not save it', async () => {
    const page = await open();
    await page.type('input[name=template]', '{nothing}');
    await page.asked(previewApi);
    page.answer(previewApi, { problems: ['There is no field {nothing}.'], examples: [] });
    await page.settle();
    expect(page.find('#problems').textContent).toContain('There is no field {nothing}.');
    expect(page.find('input[name=template]').getAttribute('aria-invalid')).toBe('true');
    expect(page.button('Save').disabled).toBe(true);
  });

  it('moves what is there after showing each move, and says how far it is', async () => {
    const page = await open();
    await page.press('Show what would be moved');
    const moves = [{ videoId: 7, from: 'old/a.mp4', to: '2026-11-21 Ferries.mp4' }];
    const dry = page.answer(moveApi, { ...still, planned: { videos: 3, toMove: 1, moves } });
    expect(dry.request.body).toEqual({ dryRun: true });
    await page.settle();
    expect(page.find('[data-testid=plan]').textContent).toContain('1 of 3 videos would get another name');
    expect(page.text).toContain('old/a.mp4');
    await page.press('Move 1 video');
    const pending = { by: 'ada', at: '2026-11-22T21:00:00Z', template: '{date} {title}' };
    expect(page.answer(moveApi, { ...still, pending }).request.body).toEqual({ dryRun: false });
    await page.asked(moveApi);
    const progress = { videos: 3, done: 2, moved: 1, failed: 0 };
    page.answer(moveApi, { ...still, pending, progress });
    await page.settle();
    expect(page.find('[data-testid=moving]').textContent).toContain('2 of 3 looked at, 1 moved.');
    await page.asked(moveApi);
    const last = { ...pending, finishedAt: '2026-11-22T21:00:09Z', moved: 1, failed: 0 };
    page.answer(moveApi, { ...still, last });
    await page.settle();
    expect(page.find('[data-testid=last-move]').textContent).toContain('1 moved');
  });

  it('does not offer to move by a template that is not saved', async () => {
    const page = await open();
    await page.type('input[name=template]', '{title}');
    expect(page.button('Show what would be moved').disabled).toBe(true);
  });
});
