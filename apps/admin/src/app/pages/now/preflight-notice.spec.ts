import { describe, expect, it } from '@jest/globals';
import { type OpenPage, openPage } from '../../../../testing/page';
import { PreflightNotice } from './preflight-notice';

describe('what is in the way of the next recordings', () => {
  const report = {
    checkedAt: '2026-11-22T21:00:00Z',
    streamers: 2,
    problems: [] as object[],
    credentials: [],
    expected: [],
    room: null,
  };
  async function open(change: object | null): Promise<OpenPage> {
    const page = await openPage('/now', 'now', PreflightNotice);
    page.answer('/api/preflight', { report: change && { ...report, ...change } });
    await page.settle();
    return page;
  }
  const warn = {
    code: 'quality.lower',
    level: 'warn',
    subject: 'quality',
    streamerId: 3,
    streamerName: 'Harbour camera',
    message: 'The last broadcast was 480p.',
    next: null,
  };
  const fail = {
    ...warn,
    level: 'fail',
    streamerId: null,
    message: 'RECORDINGS_DIR cannot be written.',
    next: 'Mount it.',
  };

  it('is told, what fails first, with what to do', async () => {
    const page = await open({ problems: [warn, fail] });
    const rows = [...document.querySelectorAll('[data-testid=preflight] li')].map(({ textContent }) => textContent);
    expect(rows[0]).toContain('RECORDINGS_DIR cannot be written.');
    expect(rows[0]).toContain('Mount it.');
    expect(page.link('Harbour camera').getAttribute('href')).toBe('/streamers/3');
  });

  it('takes no room where nothing is, or nothing is known yet', async () => {
    expect((await open({})).text).toBe('');
  });

  it('says who is expected next', async () => {
    const at = new Date(Date.now() + 3600_000).toISOString();
    const page = await open({ expected: [{ streamerId: 3, streamerName: 'Harbour camera', at, bytes: 2e9 }] });
    expect(page.text).toMatch(/^Next expected: Harbour camera, .*, about 2.00 GB\.$/);
  });
});
