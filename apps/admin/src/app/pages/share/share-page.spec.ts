import { describe, expect, it } from '@jest/globals';
import { openPage } from '../../../../testing/page';
import SharePage from './share-page';

const share = {
  title: 'Ferry at dawn',
  streamerName: 'Harbour',
  category: null,
  recordedAt: '2026-11-01T10:00:00.000Z',
  durationSeconds: 90,
  isLive: false,
  chapters: [],
  fileUrl: '/api/videos/1/stream?exp=1&by=sa&sig=b',
  playlistUrl: null,
  thumbnailUrl: null,
  downloadUrl: null,
  expiresAt: null,
  signedUntil: '2099-01-01T00:00:00.000Z',
};
const refusal = (status: number, code: string, detail: string) =>
  ({ type: 'about:blank', title: '', status, detail, code, instance: '' }) as const;

describe('the page of a share link', () => {
  const open = () => openPage('/s/secret-token', 's/:token', SharePage);

  it('plays what it is for, and offers no download that was not given', async () => {
    const page = await open();
    const asked = page.answer('/api/shares/open', share);
    expect(asked.request.body).toEqual({ token: 'secret-token' });
    await page.settle();
    expect(page.find('h1').textContent).toBe('Ferry at dawn');
    expect(page.text).toContain('Harbour');
    expect(page.text).not.toContain('Download');
  });

  it('asks for the password, and says when it is another one', async () => {
    const page = await open();
    page.answer('/api/shares/open', refusal(401, 'share.password-needed', 'It has a password.'), 401);
    await page.settle();
    await page.type('input[name=password]', 'ferries');
    await page.press('Open');
    expect(
      page.answer('/api/shares/open', refusal(401, 'share.password-wrong', 'Another one.'), 401).request.body,
    ).toEqual({
      token: 'secret-token',
      password: 'ferries',
    });
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('Another one.');
    await page.type('input[name=password]', 'ferry');
    await page.press('Open');
    page.answer('/api/shares/open', { ...share, downloadUrl: '/api/videos/1/download?sig=b' });
    await page.settle();
    expect(page.link('Download').getAttribute('href')).toContain('/api/videos/1/download');
  });

  it('says that a link is over', async () => {
    const page = await open();
    page.answer('/api/shares/open', refusal(404, 'share.not-found', 'Gone.'), 404);
    await page.settle();
    expect(page.text).toContain('This link does not exist');
  });

  it('tries again where the server was away', async () => {
    const page = await open();
    page.fail('/api/shares/open');
    await page.settle();
    await page.press('Try again');
    page.answer('/api/shares/open', share);
    await page.settle();
    expect(page.find('h1').textContent).toBe('Ferry at dawn');
  });
});
