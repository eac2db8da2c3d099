import { Component } from '@angular/core';

@Component({ selector: 'sv-videos-page', template: '<h1>Videos</h1>' })
export default class VideosPage {}
