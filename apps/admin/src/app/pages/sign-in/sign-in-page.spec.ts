import { describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { BROWSER_PASSKEYS } from '../../access/passkeys';
import { OPEN_AFRESH } from '../../access/session';
import { openPage } from '../../../../testing/page';
import SignInPage from './sign-in-page';

describe('the sign-in page', () => {
  const opened = jest.fn<(path: string) => void>();
  async function open(address = '/sign-in') {
    opened.mockReset();
    TestBed.configureTestingModule({ providers: [{ provide: OPEN_AFRESH, useValue: opened }] });
    return openPage(address, 'sign-in', SignInPage);
  }
  const refusal = (status: number, code: string, detail: string) => ({
    status,
    code,
    detail,
    title: '',
    type: '',
    instance: '',
  });

  it('signs in and goes back to where one came from, and to no other site', async () => {
    const page = await open('/sign-in?returnTo=%2Fvideos%2F7');
    page.answer('/api/session/ways', { identityProvider: null });
    await page.type('input[autocomplete=username]', 'ada');
    await page.type('input[type=password]', 'quiet harbour');
    await page.press('Sign in');
    expect(page.answer('/api/session', {}).request.body).toEqual({ name: 'ada', password: 'quiet harbour' });
    await page.settle();
    expect(opened).toHaveBeenCalledWith('/videos/7');
    expect(page.text).not.toContain('Sign in with');
  });

  it('asks for what is missing before it asks the server', async () => {
    const page = await open();
    await page.press('Sign in');
    expect(page.waiting()).not.toContain('/api/session');
    expect(page.text).toContain('Enter your name.');
  });

  it('says why it was refused, and how long to wait', async () => {
    const page = await open();
    await page.type('input[autocomplete=username]', 'ada');
    await page.type('input[type=password]', 'wrong');
    await page.press('Sign in');
    page.answer(
      '/api/session',
      refusal(429, 'session.too-many-tries', 'Too many tries. Wait 8 s, then try again.'),
      429,
    );
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('Wait 8 s');
  });

  it('offers the identity provider, and says why its word was not enough', async () => {
    const page = await open('/sign-in?refused=oidc.no-role&returnTo=%2Flibrary');
    page.answer('/api/session/ways', { identityProvider: { label: 'Example ID' } });
    await page.settle();
    expect(page.link('Sign in with Example ID').getAttribute('href')).toBe('/api/session/oidc?returnTo=%2Flibrary');
    expect(page.find('[role=alert]').textContent).toContain('no role');
  });

  it('signs in with a passkey where somebody has one, and says nothing where the window was closed', async () => {
    const response = { id: 'a', rawId: 'a', type: 'public-key' };
    const get = jest
      .fn((_options: object) => Promise.resolve(response))
      .mockRejectedValueOnce(new DOMException('', 'NotAllowedError'));
    TestBed.configureTestingModule({ providers: [{ provide: BROWSER_PASSKEYS, useValue: { get } }] });
    const page = await open('/sign-in?returnTo=%2Flibrary');
    page.answer('/api/session/ways', { identityProvider: null, passkey: { canBeAdded: true, isOffered: true } });
    await page.settle();
    await page.press('Sign in with a passkey');
    page.answer('/api/session/passkey/options', { challenge: 'c' });
    await page.settle();
    expect(document.querySelector('[role=alert]')).toBeNull();
    await page.press('Sign in with a passkey');
    page.answer('/api/session/passkey/options', { challenge: 'd' });
    await page.settle();
    expect(get).toHaveBeenLastCalledWith({ challenge: 'd' });
    expect(page.answer('/api/session/passkey', {}).request.body).toEqual({ response });
    await page.settle();
    expect(opened).toHaveBeenCalledWith('/library');
  });
});
