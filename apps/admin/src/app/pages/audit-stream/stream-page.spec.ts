import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import type { LoggedEvent, StateChange, StreamState } from '@streamvault/api-contract';
import { aStreamState, anEvent, theLifecycle } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import StreamPage from './stream-page';

const api = { state: '/api/audit/streams/recording-3/state', diff: '/api/audit/streams/recording-3/diff' };
const events = '/api/audit/events';
const story: LoggedEvent[] = ['RecordingRequested', 'CaptureStarting', 'PartOpened', 'CaptureStarted'].map(
  (type, revision) =>
    anEvent(type, {}, { revision: String(revision), position: String(10 + revision), id: `e${revision}` }),
);
const part = { number: 1, container: 'ts', reason: 'start', openedAt: '2026-11-22T21:00:00.000Z', closedAt: null };
const wasAt = (revision: number, state: string, context: object = {}): StreamState =>
  aStreamState({ revision: String(revision), headRevision: '3', state: { state, context } });

async function open(query = ''): Promise<OpenPage> {
  const page = await openPage(`/audit/streams/recording-3${query}`, 'audit/streams/:stream', StreamPage);
  page.answer(events, { items: story.slice(0, 2), nextCursor: '11' });
  expect(page.askedFor(events)).toEqual([`${events}?stream=recording-3&order=oldest&limit=200&after=11`]);
  page.answer(events, { items: story.slice(2), nextCursor: null });
  await page.settle();
  return page;
}
async function answer(page: OpenPage, then: StreamState, changes: StateChange[] = []): Promise<void> {
  page.answer(api.state, then);
  if (then.revision !== '0') {
    const [asked] = page.askedFor(api.diff);
    expect(asked).toBe(`${api.diff}?from=${Number(then.revision) - 1}&to=${then.revision}`);
    page.answer(api.diff, { stream: then.stream, from: '0', to: then.revision, changes });
  }
  await page.settle();
  if (page.waiting().includes('/api/recordings/lifecycle')) page.answer('/api/recordings/lifecycle', theLifecycle);
  await page.settle();
}
const slider = (page: OpenPage): HTMLInputElement => page.find('input[type=range]') as HTMLInputElement;
const standsAt = (page: OpenPage): string => `${slider(page).value} of ${slider(page).max}`;
async function slide(page: OpenPage, revision: number): Promise<void> {
  slider(page).value = String(revision);
  slider(page).dispatchEvent(new Event('input', { bubbles: true }));
  await page.settle();
}

describe('a stream as it was', () => {
  it('begins at the present, with all that the recording is', async () => {
    const page = await open();
    expect(page.askedFor(api.state)).toEqual([api.state]);
    await answer(page, wasAt(3, 'capturing', { startedAt: part.openedAt, parts: [part] }), [
      { path: '/state', before: 'starting', after: 'capturing' },
    ]);
    expect(standsAt(page)).toBe('3 of 3');
    expect(slider(page).getAttribute('aria-valuetext')).toMatch(
      /^Revision 3 of 3, .*: The first bytes were on disk\.$/,
    );
    expect(page.find('[data-testid=changes]').textContent).toMatch(/State\s*Starting.*Recording/);
    expect(page.find('[data-testid=lifecycle] [aria-current]').dataset['state']).toBe('capturing');
    expect(page.find('[data-testid=parts]').textContent).toContain('open since');
    expect(page.buttons()).not.toContain('Back to the present');
  });

  it('goes where the slider stops, once, and keeps that in the address', async () => {
    const page = await open();
    await answer(page, wasAt(3, 'capturing', { parts: [part] }));
    for (const revision of [2, 1, 0, 1]) await slide(page, revision);
    expect(page.find('[data-testid=revision]').textContent).toContain('Revision 1 of 3');
    expect(page.find('[data-testid=then]').getAttribute('aria-busy')).toBe('true');
    expect(page.waiting()).toEqual([]);
    await page.asked(api.state);
    expect(page.askedFor(api.state)).toEqual([`${api.state}?at=1`]);
    expect(TestBed.inject(Router).url).toBe('/audit/streams/recording-3?at=1');
    await answer(page, wasAt(1, 'starting'));
    expect(page.find('[data-testid=then]').getAttribute('aria-busy')).toBe('false');
    const standing = (state: string) => page.find(`[data-testid=lifecycle] [data-state=${state}]`).dataset['standing'];
    expect(['requested', 'starting', 'capturing'].map((state) => standing(state))).toEqual(['passed', 'now', 'ahead']);
    expect(page.element.querySelector('[data-testid=parts]')).toBeNull();
  });

  it('never shows an answer that was overtaken', async () => {
    const page = await open('?at=2');
    await answer(page, wasAt(2, 'starting'));
    await slide(page, 1);
    await page.asked(api.state);
    await slide(page, 0);
    await page.until('it asked for revision 0', () => page.askedFor(api.state).includes(`${api.state}?at=0`));
    // What was asked for revision 1 has been called off: only one question is left to be answered.
    expect(page.askedFor(api.state)).toEqual([`${api.state}?at=0`]);
    await answer(page, wasAt(0, 'requested'));
    expect(page.text).toContain('It is the first one: everything began with it.');
    expect(page.find('[data-testid=then]').dataset['revision']).toBe('0');
  });

  it('steps by its buttons, and comes back to the present', async () => {
    const page = await open('?at=0');
    await answer(page, wasAt(0, 'requested'));
    expect(page.button('Revision before').disabled).toBe(true);
    await page.press('Revision after');
    await page.asked(api.state);
    await answer(page, wasAt(1, 'starting'));
    expect(standsAt(page)).toBe('1 of 3');
    await page.press('Back to the present');
    expect(page.askedFor(api.state)).toEqual([api.state]);
    expect(TestBed.inject(Router).url).toBe('/audit/streams/recording-3');
  });

  it('goes to an instant, and says which revision that was', async () => {
    const page = await open();
    await answer(page, wasAt(3, 'capturing'));
    const box = page.find('input[type=datetime-local]') as HTMLInputElement;
    box.value = '2026-11-22T21:00:00';
    box.dispatchEvent(new Event('change'));
    await page.settle();
    const instant = new Date('2026-11-22T21:00:00').toISOString();
    expect(page.askedFor(api.state)).toEqual([`${api.state}?at=${instant}`]);
    await answer(page, wasAt(2, 'starting'));
    expect(standsAt(page)).toBe('2 of 3');
  });

  it('takes nonsense in the address for the present', async () => {
    const page = await open('?at=the-day-before');
    expect(page.askedFor(api.state)).toEqual([api.state]);
  });

  it('says that there was nothing yet, and leads to the present', async () => {
    const page = await open('?at=1999-01-01T00:00:00Z');
    page.answer(api.state, { title: 'There is no such stream', detail: 'Not yet.', code: 'stream.not-found' }, 404);
    await page.settle();
    expect(page.text).toContain('There is no such stream');
    await page.press('Go to the present');
    expect(page.askedFor(api.state)).toEqual([api.state]);
  });

  it('follows while the present is shown', async () => {
    const page = await open();
    await answer(page, wasAt(3, 'capturing'));
    page.feed.event(anEvent('StopRequested', {}, { revision: '4' }));
    await page.asked(api.state);
    await answer(page, { ...wasAt(4, 'finalizing'), headRevision: '4' });
    expect(standsAt(page)).toBe('4 of 4');
  });
});
