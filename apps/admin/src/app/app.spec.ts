import { beforeEach, describe, expect, it } from '@jest/globals';
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { Router, TitleStrategy, provideRouter } from '@angular/router';
import { fakeFeed } from '../../testing/fake-feed';
import { aDisk } from '../../testing/fixtures';
import { App } from './app';
import { PageTitle } from './shell/page-title';

@Component({ selector: 'sv-some-page', template: '<h1>Some page</h1>' })
class SomePage {}

describe('the shell', () => {
  let feed: ReturnType<typeof fakeFeed>;
  let fixture: ComponentFixture<App>;
  let element: HTMLElement;

  beforeEach(() => {
    feed = fakeFeed();
    TestBed.configureTestingModule({
      providers: [
        feed.provider,
        provideHttpClient(),
        provideHttpClientTesting(),
        provideRouter([
          { path: 'now', title: 'Now', component: SomePage },
          { path: 'streamers/:id', title: 'Streamer', component: SomePage },
          { path: 'library', title: 'Library', component: SomePage },
          { path: 'sign-in', title: 'Sign in', component: SomePage },
          { path: 's/:token', title: 'Shared with you', component: SomePage },
          { path: 'sign-in', title: 'Sign in', component: SomePage },
          { path: 's/:token', title: 'Shared with you', component: SomePage },
        ]),
        { provide: TitleStrategy, useExisting: PageTitle },
      ],
    });
    fixture = TestBed.createComponent(App);
    element = fixture.nativeElement;
    document.body.append(element);
  });

  const open = async (path: string): Promise<void> => {
    await TestBed.inject(Router).navigateByUrl(path);
    await fixture.whenStable();
  };

  it.each(['/sign-in', '/s/abc'])('leaves %s alone: no rail, and no feed that would be refused', async (path) => {
    await open(path);
    expect(element.querySelector('main h1')).not.toBeNull();
    expect(element.querySelector('header, sv-connection-banner, sv-health-notice')).toBeNull();
    expect(feed.streams).toHaveLength(0);
    await open('/now');
    expect(element.querySelector('header')).not.toBeNull();
    expect(feed.streams).toHaveLength(1);
  });

  describe('around a page', () => {
    beforeEach(() => open('/now'));

    const connection = (): string => element.querySelector('sv-connection')?.textContent.trim() ?? '';

    it('names the page and marks its place', () => {
      expect(document.title).toBe('Now · StreamVault');
      expect(element.querySelector('nav [aria-current=page]')?.textContent.trim()).toBe('Now');
    });

    it('shows that a streamer belongs to the list of streamers', async () => {
      await TestBed.inject(Router).navigateByUrl('/streamers/4');
      await fixture.whenStable();
      expect(element.querySelector('nav [aria-current=true]')?.textContent.trim()).toBe('Streamers');
      await TestBed.inject(Router).navigateByUrl('/library');
      await fixture.whenStable();
      expect(element.querySelector('nav [aria-current=true]')).toBeNull();
    });

    it('takes the keyboard to a new page, and by the skip link past the navigation', async () => {
      await TestBed.inject(Router).navigateByUrl('/library');
      await fixture.whenStable();
      const main = element.querySelector('main');
      expect(document.activeElement).toBe(main);
      main?.blur();
      element.querySelector<HTMLButtonElement>('.skip')?.click();
      expect(document.activeElement).toBe(main);
    });

    it('says whether the live feed stands', async () => {
      expect(connection()).toBe('Connection: Connecting');
      feed.latest.open();
      await fixture.whenStable();
      expect(connection()).toBe('Connection: Connected');
      feed.latest.breakOff();
      await fixture.whenStable();
      expect(connection()).toBe('Connection: Reconnecting');
    });

    it('says what the health check finds wrong, also where the server is not ready', async () => {
      const http = TestBed.inject(HttpTestingController);
      const checks = { eventStore: { status: 'ok' }, disk: { status: 'warn', detail: '900 MB are left.' } };
      feed.latest.caughtUp();
      http.expectOne('/health').flush({ status: 'ok', version: '1', uptimeSeconds: 1, checks });
      await fixture.whenStable();
      expect(element.querySelector('sv-health-notice')?.textContent.trim()).toMatch(/Disk:\s+900 MB are left\./);

      feed.latest.caughtUp();
      const down = { status: 'down', version: '1', uptimeSeconds: 1, checks: { readModels: { status: 'down' } } };
      http.expectOne('/health').flush(down, { status: 503, statusText: 'Unavailable' });
      await fixture.whenStable();
      expect(element.querySelector('sv-health-notice')?.textContent.trim()).toMatch(
        /^Read models:\s+does not work\.\s+Open Health$/,
      );
    });

    it('says of a disk when it will be full and what to do', async () => {
      const http = TestBed.inject(HttpTestingController);
      const checks = { disk: { status: 'warn', detail: '900 MB are left.' } };
      const disks = [aDisk({ level: 'refuse', freeBytes: 9e8, secondsToFull: 1200 })];
      feed.latest.caughtUp();
      http.expectOne('/health').flush({ status: 'ok', version: '1', uptimeSeconds: 1, checks, disks });
      await fixture.whenStable();
      const said = element.querySelector('sv-health-notice')?.textContent ?? '';
      expect(said).toMatch(/900\.0 MB are free for .*, full in 20 min at this rate\. No new recording is begun/);
      expect(said).not.toContain('are left');
    });

    it('lets one choose the theme', async () => {
      const dark = element.querySelector<HTMLInputElement>('sv-theme-switch input[value=dark]')!;
      dark.click();
      await fixture.whenStable();
      expect(document.documentElement.dataset['theme']).toBe('dark');
      element.querySelector<HTMLInputElement>('sv-theme-switch input[value=system]')!.click();
      await fixture.whenStable();
      expect(document.documentElement.dataset['theme']).toBeUndefined();
    });
  });
});
