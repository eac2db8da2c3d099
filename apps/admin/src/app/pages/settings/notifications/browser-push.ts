const worker = '/push-worker.js';

/** Why this browser cannot be pushed to, for people. */
export class PushUnavailable extends Error {}

/** What is asked of the browser: `window`, and something smaller in tests. */
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
 * Subscribes this browser to what is signed with that key. @returns the subscription as JSON, a secret
 *
 * @throws PushUnavailable that says what is in the way
 */
export async function subscribeBrowser(publicKey: string, browser: PushBrowser = window): Promise<string> {
  const { serviceWorker } = browser.navigator;
  if (!browser.isSecureContext)
    throw new PushUnavailable('Browsers take notices from https pages only. Open StreamVault by its https address.');
  if (!serviceWorker || !browser.Notification)
    throw new PushUnavailable('This browser takes no notices. On an iPhone, add StreamVault to the home screen first.');
  if ((await browser.Notification.requestPermission()) !== 'granted')
    throw new PushUnavailable('The browser was told not to show notices of this page. Allow them in its settings.');
  await serviceWorker.register(worker);
  const { pushManager } = await serviceWorker.ready;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  return JSON.stringify(subscription.toJSON());
}
