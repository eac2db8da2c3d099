import { expect, it } from '@jest/globals';
import { RtspLogin } from './rtsp-login.js';

const login = { user: 'Mufasa', password: 'CircleOfLife' };

it('answers Basic if nothing better is offered, and Digest if it is', () => {
  expect(RtspLogin.for(login, ['Basic realm="x"'])?.authorize('DESCRIBE', 'rtsp://a/')).toBe(
    `Basic ${Buffer.from('Mufasa:CircleOfLife').toString('base64')}`,
  );
  const both = ['Basic realm="x"', 'Digest realm="x", nonce="n"'];
  expect(RtspLogin.for(login, both)?.authorize('DESCRIBE', 'rtsp://a/')).toMatch(/^Digest /);
});

it('calculates Digest as in RFC 2069', () => {
  const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"';
  const answer = RtspLogin.for(login, [challenge])?.authorize('GET', '/dir/index.html');
  // The example of RFC 2069 section 2.4, as its errata have it.
  expect(answer).toContain('response="1949323746fe6a43ef61f9606e7febea"');
  expect(answer).toContain('opaque="5ccc"');
});

it('counts its answers, and names the algorithm', () => {
  const challenge = 'Digest realm="x", nonce="n", qop="auth,auth-int", algorithm=SHA-256';
  const answering = RtspLogin.for(login, [challenge]);
  expect(answering?.authorize('SETUP', 'rtsp://a/')).toMatch(
    /algorithm=SHA-256, qop=auth, nc=00000001, cnonce="[0-9a-f]{16}"/,
  );
  expect(answering?.authorize('PLAY', 'rtsp://a/')).toContain('nc=00000002');
});

it.each([[[]], [['Negotiate']], [['Digest realm="x"']], [['Digest realm="x", nonce="n", algorithm=WHAT']]])(
  'has no answer to %j',
  (challenges: string[]) => {
    expect(RtspLogin.for(login, challenges)).toBeUndefined();
  },
);
