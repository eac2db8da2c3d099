import { describe, expect, it } from '@jest/globals';
import { type PushBrowser, subscribeBrowser } from './browser-push';

const asked: unknown[] = [];
function browser(more: Partial<PushBrowser> = {}, permission: NotificationPermission = 'granted'): PushBrowser {
  asked.length = 0;
  const pushManager = {
    subscribe: (options: object) => {
      asked.push(options);
      return Promise.resolve({ toJSON: () => ({ endpoint: 'https://push.example/1', keys: {} }) });
    },
  };
  const register = (url: string) => {
    asked.push(url);
    return Promise.resolve();
  };
  return {
    isSecureContext: true,
    navigator: { serviceWorker: { register, ready: Promise.resolve({ pushManager }) } },
    Notification: { requestPermission: () => Promise.resolve(permission) },
    ...more,
  };
}

describe('subscribing this browser', () => {
  it('gives what the server pushes to', async () => {
    expect(JSON.parse(await subscribeBrowser('key', browser()))).toEqual({
      endpoint: 'https://push.example/1',
      keys: {},
    });
    expect(asked).toEqual(['/push-worker.js', { userVisibleOnly: true, applicationServerKey: 'key' }]);
  });

  it.each<[string, PushBrowser, RegExp]>([
    ['over plain http', browser({ isSecureContext: false }), /https/],
    ['without service workers', browser({ navigator: {} }), /does not support notices/],
    ['where that was refused', browser({}, 'denied'), /Allow them/],
  ])('is not possible %s, and says why', async (_, where, words) => {
    await expect(subscribeBrowser('key', where)).rejects.toThrow(words);
  });
});
