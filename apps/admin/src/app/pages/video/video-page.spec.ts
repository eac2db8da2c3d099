import { describe, expect, it } from '@jest/globals';
import { aVideo } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import VideoPage from './video-page';

describe('the Video page', () => {
  const open = (): Promise<OpenPage> => openPage('/videos/7', 'videos/:id', VideoPage);

  it('plays the file, says the facts, and links to how it was recorded', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    expect(page.find('video.active').getAttribute('src')).toBe('/api/videos/7/stream');
    expect(page.text).toContain('1920 × 1080');
    expect(page.text).toContain('H.264 · AAC');
    expect(page.text).toContain('Everything from its start to its end is there.');
    expect(page.link('How it was recorded').getAttribute('href')).toBe('/recordings/3');
    expect(document.title).toBe('Ferries at dusk · StreamVault');
  });

  it('lists the gaps with their causes', async () => {
    const page = await open();
    const cause = { code: 'x', message: 'The network was down.' };
    const gap = { from: '2026-11-21T18:00:10Z', to: '2026-11-21T18:00:31Z', seconds: 21, cause };
    page.answer('/api/videos/7', aVideo({ gaps: [gap] }));
    await page.settle();
    expect(page.find('.gaps').textContent).toContain('21 s');
    expect(page.find('.gaps').textContent).toContain('The network was down.');
  });

  it('plays and pauses by button and by key', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    await page.press('Play');
    expect(page.buttons()).toContain('Pause');
    page.find('[data-testid=player]').dispatchEvent(new KeyboardEvent('keydown', { key: 'k' }));
    await page.settle();
    expect(page.buttons()).toContain('Play');
  });

  it('says that the file is gone, in the place of the picture', async () => {
    const page = await open();
    page.answer('/api/videos/7', aVideo());
    await page.settle();
    page.find('video.active').dispatchEvent(new Event('error'));
    await page.settle();
    expect(page.find('[data-testid=player] [role=alert]').textContent).toContain('It may have been removed');
  });

  it('points to the recordings where there is no such video', async () => {
    const page = await open();
    page.answer('/api/videos/7', { title: 'There is no such video', detail: 'None has the id 7.', code: 'x' }, 404);
    await page.settle();
    expect(page.text).toContain('There is no such video');
    expect(page.text).toContain('until then it can be watched under All recordings');
  });
});
