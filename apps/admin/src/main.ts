import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';

bootstrapApplication(App, appConfig).catch((error: unknown) => {
  // Nothing of the console stands yet, so the page itself has to say it.
  document.body.textContent = `The console could not start: ${String(error)}. Reload the page; if it stays, the build is incomplete.`;
});
