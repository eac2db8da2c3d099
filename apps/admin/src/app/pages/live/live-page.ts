import { Component } from '@angular/core';

@Component({ selector: 'sv-live-page', template: '<h1>Live</h1>' })
export default class LivePage {}
