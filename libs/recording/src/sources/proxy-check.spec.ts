import { expect, it } from '@jest/globals';
import { proxyCheck } from './proxy-check.js';

const healthy = { name: 'home', isNamed: true, restsUntil: undefined };
const resting = { name: 'http://far:80', isNamed: false, restsUntil: '2026-11-22T12:00:30.000Z' };
const told = (proxies: Parameters<typeof proxyCheck>[0], ...missingProxies: string[]) =>
  proxyCheck(proxies, { missingProxies });

it('the health of proxies is told by name', () => {
  expect(told([])).toEqual({ status: 'ok', detail: 'none: sources are reached directly' });
  expect(told([healthy])).toEqual({ status: 'ok', detail: 'home is healthy' });
  expect(told([healthy, resting])).toEqual({
    status: 'warn',
    detail: 'home is healthy; http://far:80 does not work and rests until 2026-11-22T12:00:30.000Z',
  });
  expect(told([healthy], 'gone')).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('asks for gone'),
  });
});
