import type { Routes } from '@angular/router';

export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'live' },
  { path: 'live', title: 'Live', loadComponent: () => import('./pages/live/live-page') },
  { path: 'recordings', title: 'Recordings', loadComponent: () => import('./pages/recordings/recordings-page') },
  {
    path: 'recordings/:id',
    title: ({ params }) => `Recording ${String(params['id'])}`,
    loadComponent: () => import('./pages/recording/recording-page'),
  },
  { path: 'videos', title: 'Videos', loadComponent: () => import('./pages/videos/videos-page') },
  {
    path: 'videos/:id',
    title: ({ params }) => `Video ${String(params['id'])}`,
    loadComponent: () => import('./pages/video/video-page'),
  },
  { path: '**', title: 'Not found', loadComponent: () => import('./pages/not-found/not-found-page') },
];
