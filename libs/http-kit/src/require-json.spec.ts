import { describe, expect, it } from '@jest/globals';
import { requireJson } from './require-json.js';

const send = (headers: Record<string, string>) => () => requireJson({ headers });

describe('a body', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'application/json5',
  ])('of the type "%s" is refused', (type) => {
    expect(send({ 'content-length': '2', 'content-type': type })).toThrow('Send the body as JSON');
    expect(send({ 'transfer-encoding': 'chunked', 'content-type': type })).toThrow('Send the body as JSON');
  });

  it('that is JSON, or is not there, is not', () => {
    expect(send({ 'content-length': '2', 'content-type': 'Application/JSON; charset=utf-8' })).not.toThrow();
    expect(send({ 'content-length': '0', 'content-type': 'text/plain' })).not.toThrow();
    expect(send({})).not.toThrow();
  });
});
