import { describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { OPEN_AFRESH } from '../../access/session';
import { openPage } from '../../../../testing/page';
import SetupPage from './setup-page';

describe('the set-up page', () => {
  const opened = jest.fn<(path: string) => void>();
  async function open(codeNeeded: boolean) {
    opened.mockReset();
    TestBed.configureTestingModule({ providers: [{ provide: OPEN_AFRESH, useValue: opened }] });
    const page = await openPage('/setup', 'setup', SetupPage);
    page.answer('/api/setup', { required: true, codeNeeded });
    await page.settle();
    return page;
  }
  const refusal = (status: number, code: string, detail: string, more = {}) => ({
    status,
    code,
    detail,
    title: '',
    type: '',
    instance: '',
    ...more,
  });

  it('is one form at the machine itself', async () => {
    const page = await open(false);
    expect(page.text).not.toContain('Set-up code');
    await page.type('input[autocomplete=username]', 'ada');
    await page.type('input[type=password]', 'quiet harbour before dawn');
    await page.press('Create the administrator');
    expect(page.answer('/api/setup', {}, 201).request.body).toEqual({
      name: 'ada',
      password: 'quiet harbour before dawn',
    });
    await page.settle();
    expect(opened).toHaveBeenCalledWith('/');
  });

  it('asks for the code elsewhere, and says at the code that it is another one', async () => {
    const page = await open(true);
    await page.type('input[autocomplete=off]', ' ABCD ');
    await page.type('input[autocomplete=username]', 'ada');
    await page.type('input[type=password]', 'quiet harbour before dawn');
    await page.press('Create the administrator');
    const asked = page.answer('/api/setup', refusal(403, 'setup.wrong-code', 'That is not the set-up code.'), 403);
    expect(asked.request.body).toMatchObject({ code: 'ABCD' });
    await page.settle();
    expect(page.find('mat-error').textContent).toContain('not the set-up code');
    expect(opened).not.toHaveBeenCalled();
  });

  it('says what is wrong with a password', async () => {
    const page = await open(false);
    await page.type('input[autocomplete=username]', 'ada');
    await page.type('input[type=password]', '12345678');
    await page.press('Create the administrator');
    const errors = [{ path: 'password', message: 'That is one of the commonest.' }];
    page.answer('/api/setup', refusal(400, 'request.invalid', 'password: …', { errors }), 400);
    await page.settle();
    expect(page.text).toContain('one of the commonest');
  });
});
