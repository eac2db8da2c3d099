const worker = '/push-worker.js';

/** Why this browser cannot receive push messages, for the user. */
export class PushUnavailable extends Error {}

/** What this needs of the browser: `window`, and something smaller in tests. */
export interface PushBrowser {
  readonly isSecureContext: boolean;
  readonly navigator: {
    readonly serviceWorker?: {
      register(url: string): Promise<unknown>;
      readonly ready: Promise<{
        readonly pushManager: { subscribe(options: PushSubscriptionOptionsInit): Promise<{ toJSON(): object }> };
      }>;
    };
  };
  readonly Notification?: { requestPermission(): Promise<NotificationPermission> };
}

/**
 * Subscribes this browser to messages signed with that key.
 * @returns the subscription as JSON, a secret
 * @throws PushUnavailable with the reason
 */
export async function subscribeBrowser(publicKey: string, browser: PushBrowser = window): Promise<string> {
  const { serviceWorker } = browser.navigator;
  if (!browser.isSecureContext)
    throw new PushUnavailable('Browsers accept notices from https pages only. Open StreamVault by its https address.');
  if (!serviceWorker || !browser.Notification)
    throw new PushUnavailable(
      'This browser does not support notices. On an iPhone, add StreamVault to the home screen first.',
    );
  if ((await browser.Notification.requestPermission()) !== 'granted')
    throw new PushUnavailable('The browser blocks notices of this page. Allow them in its settings.');
  await serviceWorker.register(worker);
  const { pushManager } = await serviceWorker.ready;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  return JSON.stringify(subscription.toJSON());
}
