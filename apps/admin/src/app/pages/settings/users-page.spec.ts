import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
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
});
