import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'sv-not-found-page',
  imports: [RouterLink],
  template: `
    <div class="sv-page">
      <h1>There is no such page</h1>
      <p>The address may be old or mistyped. <a routerLink="/now">Go to Now</a></p>
    </div>
  `,
})
export default class NotFoundPage {}
