import { describe, expect, it } from '@jest/globals';
import { canMove, movedProxy, proxyWords, withProxy, withoutProxy } from './proxy-order';

describe('the order of proxies', () => {
  it('takes each once, and the direct way always last', () => {
    expect(withProxy([], 'ams')).toEqual(['ams']);
    expect(withProxy(['ams', 'direct'], 'fra')).toEqual(['ams', 'fra', 'direct']);
    expect(withProxy(['ams'], 'direct')).toEqual(['ams', 'direct']);
    expect(withProxy(['ams'], 'ams')).toEqual(['ams']);
    expect(withoutProxy(['ams', 'fra'], 'ams')).toEqual(['fra']);
  });

  it('moves one past its neighbour, never beyond an end or the direct way', () => {
    const order = ['ams', 'fra', 'direct'];
    expect(movedProxy(order, 'fra', -1)).toEqual(['fra', 'ams', 'direct']);
    expect(movedProxy(order, 'ams', 1)).toEqual(['fra', 'ams', 'direct']);
    expect([canMove(order, 'ams', -1), canMove(order, 'fra', 1), canMove(order, 'direct', -1)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(movedProxy(order, 'fra', 1)).toEqual(order);
  });

  it('is told in words', () => {
    expect(proxyWords(['ams', 'direct'])).toBe('ams, then directly');
    expect(proxyWords(null, ['ams'])).toBe('Server default: ams');
    expect(proxyWords(null)).toBe('Server default');
  });
});
