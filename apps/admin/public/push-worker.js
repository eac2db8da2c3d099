// Shows what StreamVault pushes while no page of it is open, and opens the page that a notice is about.
self.addEventListener('push', (event) => {
  const { id, title, body, link } = event.data?.json() ?? {};
  const options = { body, tag: id, icon: '/favicon.svg', data: { link } };
  event.waitUntil(self.registration.showNotification(title ?? 'StreamVault', options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.link ?? '/'));
});
