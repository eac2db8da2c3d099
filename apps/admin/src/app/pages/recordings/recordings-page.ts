import { Component } from '@angular/core';

@Component({ selector: 'sv-recordings-page', template: '<h1>Recordings</h1>' })
export default class RecordingsPage {}
