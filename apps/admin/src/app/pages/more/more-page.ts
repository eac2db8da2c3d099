import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { places } from '../../shell/places';
import { Icon } from '../../ui/icon';

/** The places for which the bar at the bottom of a phone has no room. */
@Component({
  selector: 'sv-more-page',
  imports: [Icon, RouterLink],
  template: `
    <div class="sv-page">
      <h1>More</h1>
      <ul role="list" class="sv-card">
        @for (place of places; track place.path) {
          <li>
            <a [routerLink]="place.path"><sv-icon [name]="place.icon" /> {{ place.label }}</a>
          </li>
        }
      </ul>
    </div>
  `,
  styles: `
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    a {
      display: flex;
      gap: 0.8rem;
      align-items: center;
      min-height: 56px;
      padding: 0.5rem 1.2rem;
      color: inherit;
      font-weight: 560;
      text-decoration: none;
    }
  `,
})
export default class MorePage {
  protected readonly places = places.filter(({ isUnderMore }) => isUnderMore);
}
