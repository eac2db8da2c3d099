import { describe, expect, it } from '@jest/globals';
import type { TwitchStatus } from '@streamvault/api-contract';
import { type OpenPage, openPage } from '../../../../../testing/page';
import SourcesPage from './sources-page';

describe('the Sources page', () => {
  const signedIn: TwitchStatus = {
    mode: 'helix',
    credentials: { clientId: true, clientSecret: true, eventSubSecret: false },
    appToken: { expiresAt: '2027-01-20T00:00:00Z' },
    watch: { channels: 3, lookedAt: '2026-11-22T21:00:00Z', problem: null },
    helix: { calls: 4, remaining: 790 },
    eventSub: {
      transport: 'conduit',
      conduitId: 'c1',
      shards: [
        { id: '0', status: 'enabled', sessionId: 's', since: null, problem: null },
        { id: '1', status: null, sessionId: null, since: null, problem: 'The connection broke.' },
      ],
      wanted: 9,
      there: 8,
      checkedAt: null,
      problem: null,
    },
  };
  async function open(status: TwitchStatus): Promise<OpenPage> {
    const page = await openPage('/settings/sources', 'settings/sources', SourcesPage);
    page.answer('/api/twitch/status', status);
    await page.settle();
    return page;
  }

  it('tells what to click at Twitch where nothing is set up', async () => {
    const none = { clientId: false, clientSecret: false, eventSubSecret: false };
    const page = await open({
      ...signedIn,
      mode: 'public',
      credentials: none,
      appToken: null,
      helix: null,
      eventSub: null,
    });
    expect(page.find('details').hasAttribute('open')).toBe(true);
    expect(page.text).toContain('Register Your Application');
    expect(page.text).toContain('TWITCH_CLIENT_SECRET');
    expect(page.waiting()).toEqual([]);
  });

  it('shows subscriptions there against those wanted, and what is wrong', async () => {
    const page = await open(signedIn);
    expect(page.find('[data-testid=twitch-status]').textContent).toContain('8 of 9 wanted');
    expect(page.find('[data-testid=twitch-status]').textContent).toContain('1 of 2');
    expect(page.find('.problem').textContent).toContain('The connection broke.');
  });

  it('checks itself step by step, and says what to do at the first thing that is wrong', async () => {
    const page = await open(signedIn);
    await page.press('Check step by step');
    const next = 'Open dev.twitch.tv/console.';
    page.answer('/api/twitch/check', {
      steps: [
        {
          name: 'credentials',
          title: 'Client id and secret are set',
          state: 'ok',
          detail: 'Client id abcd…',
          next: null,
        },
        { name: 'token', title: 'Twitch gives out a token', state: 'failed', detail: 'Twitch refuses them.', next },
        { name: 'helix', title: 'Twitch answers questions', state: 'skipped', detail: '', next: null },
      ],
    });
    await page.settle();
    const steps = [...document.querySelectorAll('[data-testid=twitch-check] li')];
    expect(steps.map((step) => step.getAttribute('data-state'))).toEqual(['ok', 'failed', 'skipped']);
    expect(steps[1]?.textContent).toContain(next);
  });

  it('imports whom a person follows, and leaves out those that are there', async () => {
    const page = await open(signedIn);
    const idle = { state: 'signed-in', userCode: null, verificationUri: null, expiresAt: null, login: 'ada' };
    page.answer('/api/twitch/sign-in', idle);
    await page.settle();
    await page.press('Show the channels that ada follows');
    const follow = (login: string, isAdded: boolean) => ({
      login,
      name: login,
      url: `https://twitch.tv/${login}`,
      isAdded,
    });
    page.answer('/api/twitch/follows', { items: [follow('one', true), follow('two', false)] });
    await page.settle();
    await page.press('Choose all shown');
    await page.press('Add 1 streamers');
    const { body } = page.answer('/api/streamers', {}, 201).request;
    expect(body).toEqual({ url: 'https://twitch.tv/two', name: 'two' });
  });

  it('shows the code to type at Twitch while it waits', async () => {
    const page = await open(signedIn);
    const verificationUri = 'https://www.twitch.tv/activate';
    const waiting = { state: 'waiting', userCode: 'ABCD1234', verificationUri, expiresAt: null, login: null };
    page.answer('/api/twitch/sign-in', waiting);
    await page.settle();
    expect(page.find('[data-testid=user-code]').textContent).toBe('ABCD1234');
    expect(page.link(verificationUri).getAttribute('rel')).toBe('noreferrer');
  });
});
