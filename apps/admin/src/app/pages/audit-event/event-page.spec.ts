import { describe, expect, it } from '@jest/globals';
import { anAuditEvent, anEvent } from '../../../../testing/fixtures';
import { type OpenPage, openPage } from '../../../../testing/page';
import EventPage from './event-page';

const api = '/api/audit/events/12';
const open = (): Promise<OpenPage> => openPage('/audit/events/12', 'audit/events/:position', EventPage);
const hrefs = (page: OpenPage, testId: string): (string | null)[] =>
  [...page.find(`[data-testid=${testId}]`).querySelectorAll('.what a')].map((link) => link.getAttribute('href'));

describe('the page of an event', () => {
  const event = anEvent('SourceEnded', { reason: 'gave-up' }, { position: '12', revision: '6', id: 'it' });

  it('leads back to what began it, and on to what it led to', async () => {
    const page = await open();
    page.answer(
      api,
      anAuditEvent(event, {
        causes: [
          anEvent('RecordingRequested', {}, { position: '3', id: 'a' }),
          anEvent('CaptureInterrupted', {}, { position: '11', id: 'b' }),
        ],
        effects: [anEvent('CaptureEnded', {}, { position: '13', id: 'c' })],
      }),
    );
    await page.settle();
    expect(page.find('h1').textContent).toContain('The source stayed away for too long');
    expect(page.find('[data-testid=origin] a').textContent).toContain('Somebody sent a request');
    expect(hrefs(page, 'causes')).toEqual(['/audit/events/3', '/audit/events/11']);
    expect(page.find('[data-testid=causes] [aria-current]').textContent).toContain('stayed away');
    expect(hrefs(page, 'effects')).toEqual(['/audit/events/13']);
    expect(page.link('All events with the same first cause').getAttribute('href')).toBe(
      '/audit?correlationId=5f0c4be2-6c2f-4c0c-9f57-6e6b6f8f0a11',
    );
    expect(page.link('Recording 3 as it was then').getAttribute('href')).toBe('/audit/streams/recording-3?at=6');
    expect(document.title).toContain('Event 12');
  });

  it('shows what the event holds as fields that can be opened, and as text', async () => {
    const page = await open();
    const variant = { name: '720p', codecs: [], width: 1280, hdr: false };
    page.answer(api, anAuditEvent({ ...event, data: { variant, note: null, parts: [{ number: 1 }] } }));
    await page.settle();
    const fields = [...page.find('[aria-labelledby=data]').querySelectorAll('sv-json')].map((field) =>
      field.textContent.replaceAll(/\s+/g, ' ').trim(),
    );
    expect(fields).toEqual(
      expect.arrayContaining(['name720p', 'codecsempty list', 'width1280', 'hdrfalse', 'notenull', 'number1']),
    );
    expect(page.find('[aria-labelledby=data] details').hasAttribute('open')).toBe(true);
    expect(JSON.parse(page.find('pre').textContent)).toMatchObject({ position: '12', data: { variant } });
  });

  it('shows what comes of it while one looks', async () => {
    const page = await open();
    page.answer(api, anAuditEvent(event));
    await page.settle();
    expect(page.text).toContain('No direct effects.');
    page.feed.event(anEvent('CaptureEnded', {}, { position: '13', metadata: { $causationId: 'it' } }));
    await page.asked(api);
    page.answer(api, anAuditEvent(event, { effects: [anEvent('CaptureEnded', {}, { position: '13', id: 'c' })] }));
    await page.settle();
    expect(hrefs(page, 'effects')).toEqual(['/audit/events/13']);
  });

  it('says that there is no such event', async () => {
    const page = await open();
    page.answer(api, { title: 'There is no such event', detail: 'Nothing is there.', code: 'event.not-found' }, 404);
    await page.settle();
    expect(page.text).toContain('There is no such event');
    expect(page.link('Audit').getAttribute('href')).toBe('/audit');
  });
});
