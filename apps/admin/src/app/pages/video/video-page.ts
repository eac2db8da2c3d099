import { Component } from '@angular/core';

@Component({ selector: 'sv-video-page', template: '<h1>Video</h1>' })
export default class VideoPage {}
