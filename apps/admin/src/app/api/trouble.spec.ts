import { describe, expect, it } from '@jest/globals';
import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { describeTrouble } from './trouble';

const answer = (status: number, error: unknown, correlationId?: string): HttpErrorResponse =>
  new HttpErrorResponse({
    status,
    error,
    headers: new HttpHeaders(correlationId === undefined ? {} : { 'X-Correlation-Id': correlationId }),
  });

describe('describeTrouble', () => {
  it('says the words of a problem, and what to do about its kind', () => {
    const trouble = describeTrouble(
      answer(409, {
        title: 'It is recording already',
        detail: 'Recording 12 of this streamer has not ended.',
        code: 'recording.already-active',
        recordingId: 12,
      }),
    );
    expect(trouble).toMatchObject({
      title: 'It is recording already',
      detail: 'Recording 12 of this streamer has not ended.',
      code: 'recording.already-active',
      recordingId: 12,
      passing: false,
    });
    expect(trouble.advice).toMatch(/present state/);
  });

  it('keeps the fields of a validation, and only whole ones', () => {
    const errors = [{ path: 'url', message: 'Not an address.' }, { path: 1 }, null];
    expect(describeTrouble(answer(400, { title: 'Invalid', errors })).fields).toEqual([
      { path: 'url', message: 'Not an address.' },
    ]);
  });

  it('tells a server that is away from one that refuses', () => {
    expect(describeTrouble(answer(0, null))).toMatchObject({ code: 'away', passing: true });
    expect(describeTrouble(answer(503, { title: 'Not ready' }))).toMatchObject({ title: 'Not ready', passing: true });
  });

  it('says what to do about a full disk, which nobody tries again by itself', () => {
    const { advice, detail } = describeTrouble(
      answer(503, { title: 'Not now', detail: 'Only 1.0 GB are free. Free some space.', code: 'disk.low' }),
    );
    expect(detail).toContain('Free some space.');
    expect(advice).toContain('Nothing was begun.');
    expect(advice).not.toContain('by itself');
  });

  it('gives the reference of a defect, so that it can be found in the log', () => {
    expect(describeTrouble(answer(500, { title: 'Defect' }, 'c0ffee')).advice).toContain('c0ffee');
  });

  it('reads a problem that came as text, and shrugs at a foreign page', () => {
    expect(describeTrouble(answer(404, '{"title":"No such recording"}')).title).toBe('No such recording');
    expect(describeTrouble(answer(502, '<html>Bad gateway</html>'))).toMatchObject({
      title: 'The server is not ready',
      detail: 'It answered with status 502.',
      code: 'http.502',
    });
  });

  it('says so when it is the console that stumbled', () => {
    expect(describeTrouble(new TypeError('x is undefined'))).toMatchObject({
      title: 'The console stumbled',
      detail: 'x is undefined',
    });
  });
});
