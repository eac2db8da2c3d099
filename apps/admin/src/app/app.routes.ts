import type { Routes } from '@angular/router';

export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'live' },
  { path: 'live', title: 'Live', loadComponent: () => import('./pages/live/live-page') },
  {
    path: 'streamers/:id',
    title: ({ params }) => `Streamer ${String(params['id'])}`,
    loadComponent: () => import('./pages/streamer/streamer-page'),
  },
  { path: 'channels/:id', redirectTo: 'streamers/:id' },
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
  { path: 'audit', title: 'Audit', loadComponent: () => import('./pages/audit/events-page') },
  {
    path: 'audit/events/:position',
    title: ({ params }) => `Event ${String(params['position'])}`,
    loadComponent: () => import('./pages/audit-event/event-page'),
  },
  {
    path: 'audit/streams/:stream',
    title: ({ params }) => `History of ${String(params['stream'])}`,
    loadComponent: () => import('./pages/audit-stream/stream-page'),
  },
  {
    path: 'audit/projections',
    title: 'Projections',
    loadComponent: () => import('./pages/audit-projections/projections-page'),
  },
  { path: '**', title: 'Not found', loadComponent: () => import('./pages/not-found/not-found-page') },
];
