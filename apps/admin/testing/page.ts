import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, type TestRequest, provideHttpClientTesting } from '@angular/common/http/testing';
import type { Type } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { type Routes, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { fakeFeed } from './fake-feed.ts';

/** Within Jest's own patience, so that the words are ours. */
const longestMilliseconds = 4500;

/** A page opened by its address, with the server's answers in the test's hands. */
export class OpenPage {
  readonly #feed: ReturnType<typeof fakeFeed>;
  readonly #harness: RouterTestingHarness;
  readonly #http = TestBed.inject(HttpTestingController);
  #waiting: TestRequest[] = [];

  constructor(feed: ReturnType<typeof fakeFeed>, harness: RouterTestingHarness) {
    this.#feed = feed;
    this.#harness = harness;
  }

  get feed() {
    return this.#feed.latest;
  }
  get element(): HTMLElement {
    const element = this.#harness.routeNativeElement;
    if (!element) throw new Error('No page is open.');
    return element;
  }
  get text(): string {
    return this.element.textContent.replaceAll(/\s+/g, ' ').trim();
  }

  /** Answers the oldest request that waits for this path. */
  answer(path: string, body: object, status = 200): TestRequest {
    const request = this.#take(path);
    request.flush(body, { status, statusText: String(status) });
    return request;
  }
  /** The server is away. */
  fail(path: string): void {
    this.#take(path).error(new ProgressEvent('error'));
  }
  /** What the page asked of this path, query included. */
  askedFor(path: string): string[] {
    this.waiting();
    return this.#waiting.filter(({ request }) => request.url === path).map(({ request }) => request.urlWithParams);
  }
  /** The paths that wait for an answer. */
  waiting(): string[] {
    this.#waiting.push(...this.#http.match(() => true));
    this.#waiting = this.#waiting.filter(({ cancelled }) => !cancelled);
    return this.#waiting.map(({ request }) => request.url);
  }
  /** Waits until the page asks for this path: what an event concerns is fetched a moment after it. */
  async asked(path: string): Promise<void> {
    await this.until(`the page asked for ${path}`, () => this.waiting().includes(path));
  }
  async until(what: string, fact: () => boolean): Promise<void> {
    const deadline = performance.now() + longestMilliseconds;
    while (!fact()) {
      if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}. The page: ${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      TestBed.tick();
    }
  }

  #take(path: string): TestRequest {
    const index = this.waiting().indexOf(path);
    const [request] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (!request) throw new Error(`Nobody asks for ${path}, only for: ${this.waiting().join(', ')}.`);
    return request;
  }

  /** Lets promises, effects and rendering come to rest. */
  async settle(): Promise<void> {
    // Not `whenStable`: a request that waits for the test's answer is not stable, and shall not be.
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve));
      TestBed.tick();
    }
  }

  find(selector: string): HTMLElement {
    const found = document.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`There is no ${selector} in: ${document.body.textContent}`);
    return found;
  }
  button(name: string): HTMLButtonElement {
    const found = [...document.querySelectorAll('button')].find((button) => nameOf(button) === name);
    if (!found) throw new Error(`There is no button “${name}”, only ${this.buttons().join(', ')}.`);
    return found;
  }
  buttons(): string[] {
    return [...document.querySelectorAll('button')].map(nameOf);
  }
  link(name: string): HTMLAnchorElement {
    const found = [...document.querySelectorAll('a')].find((link) => nameOf(link) === name);
    if (!found) throw new Error(`There is no link “${name}”.`);
    return found;
  }
  async type(selector: string, words: string): Promise<void> {
    const box = this.find(selector);
    if (!(box instanceof HTMLInputElement)) throw new Error(`${selector} is no text box.`);
    box.value = words;
    box.dispatchEvent(new Event('input', { bubbles: true }));
    await this.settle();
  }
  async press(name: string): Promise<void> {
    this.button(name).click();
    await this.settle();
  }
}

const nameOf = (element: HTMLElement): string =>
  (element.getAttribute('aria-label') ?? element.textContent).replaceAll(/\s+/g, ' ').trim();

export async function openPage(
  path: string,
  route: string,
  page: Type<unknown>,
  others: Routes = [],
): Promise<OpenPage> {
  const feed = fakeFeed();
  TestBed.configureTestingModule({
    providers: [
      feed.provider,
      provideHttpClient(),
      provideHttpClientTesting(),
      provideRouter([{ path: route, component: page }, ...others], withComponentInputBinding()),
    ],
  });
  const harness = await RouterTestingHarness.create(path);
  return new OpenPage(feed, harness);
}
