import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@streamvault/kernel';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenLimits } from './open-limits.js';

class TooMany extends DomainError {
  readonly code = 'test.too-many';
  readonly kind = 'too-fast';
}

class Full extends DomainError {
  readonly code = 'test.full';
  readonly kind = 'unavailable';
}

function setUp(full?: () => DomainError | undefined) {
  const limits = new OpenLimits();
  limits.set('/api/live', { mostEach: 2, tooMany: new TooMany('Close some.'), ...(full && { full }) });
  const ask = (headers: Record<string, string> = {}, url = '/api/live') => {
    const response = new EventEmitter();
    const request = { method: 'GET', url, headers, httpVersion: '1.1', socket: { remoteAddress: '::1' } };
    const refusal = limits.refusalOf(request as unknown as IncomingMessage, response as ServerResponse);
    return { code: refusal?.code, close: () => void response.emit('close') };
  };
  return { ask };
}

describe('what may be open at once', () => {
  it('is limited for one caller, wherever its feed begins, until one of them ends', () => {
    const { ask } = setUp();
    const first = ask();
    ask({ 'last-event-id': '7' });
    expect(ask({}, '/api/live?lastEventId=0').code).toBe('test.too-many');
    first.close();
    expect(ask().code).toBeUndefined();
    expect(ask().code).toBe('test.too-many');
  });

  it('does not count those that were refused', () => {
    const { ask } = setUp();
    const open = [ask(), ask()];
    ask().close();
    expect(ask().code).toBe('test.too-many');
    open.forEach(({ close }) => close());
    expect([ask().code, ask().code]).toEqual([undefined, undefined]);
  });

  it('leaves other callers and other paths alone', () => {
    const { ask } = setUp();
    ask();
    ask();
    expect(ask({ cookie: 'another' }).code).toBeUndefined();
    expect(ask({}, '/api/recordings').code).toBeUndefined();
    expect(ask({}, '/api/live/else').code).toBeUndefined();
  });

  it('is nothing while there is no room for anybody', () => {
    let isFull = true;
    const { ask } = setUp(() => (isFull ? new Full('Later.') : undefined));
    expect(ask().code).toBe('test.full');
    isFull = false;
    expect(ask().code).toBeUndefined();
  });
});
