import { describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { BROWSER_PASSKEYS } from '../../access/passkeys';
import { Session } from '../../access/session';
import { openPage } from '../../../../testing/page';
import UsersPage from './users-page';

describe('the Users page', () => {
  const user = {
    id: 1,
    name: 'ada',
    role: 'administrator',
    disabled: false,
    hasPassword: true,
    createdAt: '2026-11-01T00:00:00.000Z',
    lastSeenAt: null,
  };
  async function open(permissions: string[]) {
    const page = await openPage('/settings/users', 'settings/users', UsersPage);
    const asking = TestBed.inject(Session).ask();
    page.answer('/api/session', { user, permissions, expiresAt: null });
    await asking;
    await page.settle();
    return page;
  }

  it('lists users, and changes a role', async () => {
    const page = await open(['users.change', 'videos.view']);
    page.answer('/api/users', { items: [user, { ...user, id: 2, name: 'bob', role: 'viewer' }] });
    page.answer('/api/keys', { items: [] });
    await page.settle();
    const role = page.find('[data-testid=user-2] select') as HTMLSelectElement;
    role.value = 'operator';
    role.dispatchEvent(new Event('change'));
    const change = page.answer('/api/users/2', { ...user, id: 2, role: 'operator' });
    expect(change.request.body).toEqual({ role: 'operator' });
    await page.asked('/api/users');
  });

  it('chooses whose recordings a viewer sees', async () => {
    const page = await open(['users.change']);
    const viewer = { ...user, id: 2, name: 'bob', role: 'viewer', streamerIds: [3] };
    page.answer('/api/users', { items: [viewer] });
    page.answer('/api/streamers', {
      items: [
        { id: 3, name: 'Ferry' },
        { id: 4, name: 'Harbour' },
      ],
      nextCursor: null,
    });
    await page.settle();
    expect(page.find('[data-testid=user-2] summary').textContent).toBe('Sees 1 streamer');
    const boxes = [...page.find('[data-testid=user-2]').querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
    expect(boxes.map(({ checked }) => checked)).toEqual([false, true, false]);
    boxes[2]!.click();
    expect(page.answer('/api/users/2', viewer).request.body).toEqual({ streamerIds: [3, 4] });
  });

  it('shows a new key once, with what it may do', async () => {
    const page = await open(['videos.view', 'recordings.control']);
    expect(page.waiting()).not.toContain('/api/users');
    page.answer('/api/keys', { items: [] });
    await page.settle();
    await page.type('input[name=key-name]', 'backup script');
    page.button('Add key').click();
    const made = {
      id: 'k1',
      userId: 1,
      name: 'backup script',
      scopes: ['videos.view'],
      createdAt: user.createdAt,
      expiresAt: null,
      lastUsedAt: null,
    };
    const added = page.answer('/api/keys', { ...made, key: 'sv_k1_secret' });
    expect(added.request.body).toEqual({ name: 'backup script', scopes: ['videos.view'] });
    await page.asked('/api/keys');
    page.answer('/api/keys', { items: [made] });
    await page.settle();
    expect(page.find('.made').textContent).toContain('sv_k1_secret');
    expect(page.find('[data-testid=key-k1]').textContent).toContain('last used never');
  });

  it("changes one's own password, and ends another session of one's own", async () => {
    const page = await open(['videos.view']);
    const session = {
      id: 's1',
      isCurrent: true,
      method: 'password',
      agent: 'Firefox on Linux',
      address: '192.0.2.1',
      createdAt: user.createdAt,
      lastSeenAt: user.createdAt,
      expiresAt: '2026-12-30T00:00:00.000Z',
    };
    const other = { ...session, id: 's2', isCurrent: false, agent: 'Chrome on Android' };
    page.answer('/api/users/1/sessions', { items: [session, other] });
    await page.settle();
    expect(page.find('[data-testid=session-s1]').textContent).toContain('this browser');
    expect(page.find('[data-testid=session-s1]').querySelector('button')).toBeNull();
    await page.press('Sign out Chrome on Android');
    expect(page.answer('/api/users/1/sessions/s2', {}).request.method).toBe('DELETE');
    await page.press('Erase mine now');
    const erased = page.answer('/api/users/1/addresses', { erased: 3 });
    expect(erased.request.method).toBe('DELETE');
    await page.type('input[name=current-password]', 'old harbour');
    await page.type('input[name=new-password]', 'new harbour');
    await page.press('Change password');
    expect(page.answer('/api/session/password', {}).request.body).toEqual({
      current: 'old harbour',
      password: 'new harbour',
    });
  });

  it('adds a passkey with the password, and says it where the device has one already', async () => {
    const response = { id: 'a', rawId: 'a', type: 'public-key' };
    const create = jest
      .fn(() => Promise.resolve(response))
      .mockRejectedValueOnce(Object.assign(new Error('known'), { name: 'InvalidStateError' }));
    TestBed.configureTestingModule({ providers: [{ provide: BROWSER_PASSKEYS, useValue: { create } }] });
    const page = await open(['videos.view']);
    const ways = { identityProvider: null, passkey: { canBeAdded: true, isOffered: false } };
    while (page.waiting().includes('/api/session/ways')) page.answer('/api/session/ways', ways);
    page.answer('/api/users/1/passkeys', { items: [] });
    await page.settle();
    await page.type('input[name=passkey-name]', 'Laptop');
    await page.type('input[name=passkey-password]', 'quiet harbour');
    await page.press('Add passkey');
    const asked = page.answer('/api/session/passkeys/options', { challenge: 'c' });
    expect(asked.request.body).toEqual({ password: 'quiet harbour' });
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('already');
    await page.press('Add passkey');
    page.answer('/api/session/passkeys/options', { challenge: 'd' });
    await page.settle();
    expect(page.answer('/api/session/passkeys', {}, 201).request.body).toEqual({ name: 'Laptop', response });
    await page.asked('/api/users/1/passkeys');
  });
});
