import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import type { LoggedEvent } from '@streamvault/api-contract';
import { anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import { filterQuery, noFilters, withoutSystem } from './event-filters';
import EventsPage from './events-page';

const api = '/api/audit/events';
const people = `category=${filterQuery(withoutSystem(noFilters))['category']}`;
const open = (query = ''): Promise<OpenPage> => openPage(`/audit${query}`, 'audit', EventsPage);
const at = (position: number, type = 'PartOpened', change: Partial<LoggedEvent> = {}): LoggedEvent =>
  anEvent(type, { number: position }, { position: String(position), id: `event-${position}`, ...change });

async function openWith(items: LoggedEvent[], nextCursor: string | null = null, query = ''): Promise<OpenPage> {
  const page = await open(query);
  page.answer(api, { items, nextCursor });
  await page.settle();
  return page;
}
const lines = (page: OpenPage): (string | null)[] =>
  [...page.element.querySelectorAll('sv-event-line .what a')].map((line) => line.getAttribute('href'));
const of = (...positions: number[]): string[] => positions.map((position) => `/audit/events/${position}`);

/** Longer than a burst of events is waited for. */
const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 200));

describe('the Audit page', () => {
  beforeEach(() => localStorage.clear());

  it('leaves bookkeeping out until it is wanted, and remembers that', async () => {
    const page = await openWith([at(9)]);
    expect(page.buttons()).not.toContain('Bookkeeping');
    page.find('.system button').click();
    await page.settle();
    expect(page.askedFor(api)).toEqual([`${api}?order=newest&limit=50`]);
    expect(localStorage.getItem('streamvault.audit.system')).toBe('true');
  });

  it('tells the newest events first: when, what, of which stream, by whom', async () => {
    const page = await open();
    expect(page.askedFor(api)).toEqual([`${api}?${people}&order=newest&limit=50`]);
    page.answer(api, {
      items: [at(9, 'StopRequested', { metadata: { actor: 'api' } }), at(8, 'ChatLogAttached')],
      nextCursor: null,
    });
    await page.settle();
    expect(lines(page)).toEqual(of(9, 8));
    const [first] = page.element.querySelectorAll('sv-event-line');
    expect(first?.textContent).toContain('Somebody asked to stop.');
    expect(first?.textContent).toContain('StopRequested');
    expect(first?.textContent).toContain('By request');
    expect(page.link('Recording 3').getAttribute('href')).toBe('/recordings/3');
    expect(page.text).toContain('This is where it all began.');
  });

  it('goes on to older events', async () => {
    const page = await openWith([at(9)], '9');
    await page.press('Older events');
    expect(page.askedFor(api)).toEqual([`${api}?${people}&order=newest&before=9&limit=50`]);
    page.answer(api, { items: [at(4)], nextCursor: null });
    await page.settle();
    expect(lines(page)).toEqual(of(9, 4));
    expect(page.buttons()).not.toContain('Older events');
  });

  it('goes on looking where the server stopped before it found enough', async () => {
    const page = await open('?type=RecordingFailed');
    page.answer(api, { items: [], nextCursor: '900000' });
    expect(page.askedFor(api)).toEqual([`${api}?type=RecordingFailed&order=newest&limit=50&before=900000`]);
    page.answer(api, { items: [at(40)], nextCursor: null });
    await page.settle();
    expect(lines(page)).toEqual(of(40));
  });

  it('says how far it looked where that was in vain, and goes on when it is asked to', async () => {
    const page = await open('?type=RecordingFailed');
    for (let looks = 25; looks > 0; looks -= 1) page.answer(api, { items: [], nextCursor: String(looks * 1000) });
    await page.settle();
    expect(page.waiting()).toEqual([]);
    expect(page.text).toContain('No event in the newer part of the log matches.');
    await page.press('Look further back');
    page.answer(api, { items: [at(40)], nextCursor: null });
    await page.settle();
    expect(lines(page)).toEqual(of(40));
  });

  it('shows new events as they are recorded, those that no feed tells of included', async () => {
    const page = await openWith([at(9)]);
    page.feed.open();
    page.feed.event(at(11));
    await page.asked(api);
    expect(page.askedFor(api)).toEqual([`${api}?${people}&after=9&order=oldest&limit=200`]);
    page.answer(api, { items: [at(10, 'IdAllocated'), at(11)], nextCursor: null });
    await page.settle();
    expect(lines(page)).toEqual(of(11, 10, 9));
  });

  it('holds new events back while somebody reads, and says how many', async () => {
    const page = await openWith([at(9)]);
    page.find('sv-event-line .what a').focus();
    page.feed.caughtUp();
    await page.asked(api);
    page.answer(api, { items: [at(10), at(11)], nextCursor: null });
    await page.settle();
    expect(lines(page)).toEqual(of(9));
    await page.press('2 new');
    expect(lines(page)).toEqual(of(11, 10, 9));
    expect(page.buttons()).not.toContain('2 new');
  });

  it('begins again where more was recorded than it can catch up with', async () => {
    const page = await openWith([at(9)]);
    page.feed.caughtUp();
    await page.asked(api);
    const many = Array.from({ length: 200 }, (_, index) => at(10 + index));
    page.answer(api, { items: many, nextCursor: '209' });
    await page.settle();
    expect(page.askedFor(api)).toEqual([`${api}?${people}&order=newest&limit=50`]);
    page.answer(api, { items: [at(900)], nextCursor: '900' });
    await page.settle();
    expect(lines(page)).toEqual(of(900));
  });

  it('asks for nothing new while the tail is switched off', async () => {
    const page = await openWith([at(9)]);
    page.find('mat-slide-toggle button').click();
    await page.settle();
    page.feed.event(at(10));
    await settled();
    expect(page.askedFor(api)).toEqual([]);
    page.find('mat-slide-toggle button').click();
    await page.asked(api);
  });

  it('filters as the address says, leaves out what makes no sense, and says so', async () => {
    const query = '?category=recording&type=StopRequested,SourceEnded&from=rubbish&correlationId=abc';
    const page = await openWith([at(9)], null, query);
    expect(page.text).toContain('invalid filters, which are left out: From.');
    page.button('Remove the filter Type SourceEnded').click();
    await page.settle();
    expect(TestBed.inject(Router).url).toContain('type=StopRequested&');
    expect(page.askedFor(api)).toEqual([
      `${api}?category=recording&type=StopRequested&correlationId=abc&order=newest&limit=50`,
    ]);
    page.answer(api, { items: [], nextCursor: null });
    await page.settle();
    expect(page.text).toContain('No event matches these filters.');
    page.link('Remove all').click();
    await page.settle();
    expect(page.askedFor(api)).toEqual([`${api}?${people}&order=newest&limit=50`]);
  });

  it('puts what is typed into the address', async () => {
    const page = await openWith([at(9)]);
    await page.press('More filters');
    await page.type('input[name=stream]', ' recording-3 ');
    await page.type('input[name=from]', '2026-11-22T21:00:00');
    page.find('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    await page.settle();
    const { queryParams } = TestBed.inject(Router).parseUrl(TestBed.inject(Router).url);
    expect(queryParams).toEqual({
      stream: 'recording-3',
      from: new Date('2026-11-22T21:00:00').toISOString(),
    });
  });

  it('does not follow where the end is over', async () => {
    const page = await openWith([at(9)], null, '?to=2026-01-01T00:00:00Z');
    expect(page.find('mat-slide-toggle button').getAttribute('aria-checked')).toBe('false');
    page.feed.event(at(10));
    await settled();
    expect(page.askedFor(api)).toEqual([]);
  });

  it('says in words what went wrong, and keeps what it had when older events fail', async () => {
    const page = await openWith([at(9)], '9');
    await page.press('Older events');
    page.fail(api);
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('StreamVault does not answer');
    expect(lines(page)).toEqual(of(9));
    await page.press('Try again');
    page.answer(api, { title: 'That is no filter', detail: 'No.', code: 'validation' }, 400);
    await page.settle();
    expect(page.find('[role=alert]').textContent).toContain('That is no filter');
    expect(lines(page)).toEqual([]);
  });

  it('says that nothing has happened yet, and shows the first thing that does', async () => {
    const page = await openWith([]);
    expect(page.text).toContain('Nothing has happened yet.');
    page.feed.event(at(1));
    await page.asked(api);
    page.answer(api, { items: [at(1)], nextCursor: null });
    await page.settle();
    expect(lines(page)).toEqual(of(1));
  });
});
