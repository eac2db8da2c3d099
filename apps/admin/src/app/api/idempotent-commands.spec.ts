import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { idempotentCommands } from './idempotent-commands';

describe('the commands of the console', () => {
  let http: HttpTestingController;
  const send = (): void => {
    TestBed.inject(HttpClient)
      .post('/api/recording/start/1', {})
      .subscribe({ next: (answer) => answers.push(answer), error: (error) => answers.push(error) });
  };
  let answers: unknown[];

  beforeEach(() => {
    jest.useFakeTimers();
    answers = [];
    TestBed.configureTestingModule({
      providers: [provideHttpClient(withInterceptors([idempotentCommands])), provideHttpClientTesting()],
    });
    http = TestBed.inject(HttpTestingController);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const sent = () => http.expectOne('/api/recording/start/1');
  const keyOf = ({ request }: ReturnType<typeof sent>): string => request.headers.get('Idempotency-Key') ?? '';

  it('are sent again under the same key where no answer came', () => {
    send();
    const first = sent();
    expect(keyOf(first)).toMatch(/^[0-9a-f]{32}$/);
    first.error(new ProgressEvent('error'));
    jest.advanceTimersByTime(500);
    const second = sent();
    expect(keyOf(second)).toBe(keyOf(first));
    second.flush({ state: 'requested' });
    expect(answers).toEqual([{ state: 'requested' }]);
  });

  it('are given up after three attempts', () => {
    send();
    for (const wait of [500, 2000, 0]) {
      sent().error(new ProgressEvent('error'));
      jest.advanceTimersByTime(wait);
    }
    expect(answers).toMatchObject([{ status: 0 }]);
  });

  it('take a refusal for an answer, and have a key each', () => {
    send();
    const first = sent();
    first.flush({}, { status: 409, statusText: 'Conflict' });
    jest.advanceTimersByTime(5000);
    expect(answers).toMatchObject([{ status: 409 }]);
    send();
    expect(keyOf(sent())).not.toBe(keyOf(first));
  });

  it('are the only requests that carry a key', () => {
    TestBed.inject(HttpClient).get('/api/recordings').subscribe();
    expect(http.expectOne('/api/recordings').request.headers.has('Idempotency-Key')).toBe(false);
  });
});
