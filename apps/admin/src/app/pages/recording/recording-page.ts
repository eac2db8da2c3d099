import { Component } from '@angular/core';

@Component({ selector: 'sv-recording-page', template: '<h1>Recording</h1>' })
export default class RecordingPage {}
