import { inject } from '@angular/core';
import { type RedirectFunction, Router, type Routes } from '@angular/router';

/** Keeps what the old address asked for: `/videos?q=ferry` is a search in the library. */
const movedTo =
  (path: string): RedirectFunction =>
  ({ queryParams }) =>
    inject(Router).createUrlTree([path], { queryParams });

export const routes: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'now' },
  { path: 'now', title: 'Now', loadComponent: () => import('./pages/now/now-page') },
  { path: 'library', title: 'Library', loadComponent: () => import('./pages/library/library-page') },
  {
    path: 'library/recordings',
    title: 'All recordings',
    loadComponent: () => import('./pages/recordings/recordings-page'),
  },
  { path: 'library/import', title: 'Import', loadComponent: () => import('./pages/import/import-page') },
  { path: 'library/names', title: 'Names', loadComponent: () => import('./pages/library-names/names-page') },
  { path: 'library/check', title: 'Library and disk', loadComponent: () => import('./pages/library-check/check-page') },
  {
    path: 'library/statistics',
    title: 'Statistics',
    loadComponent: () => import('./pages/statistics/statistics-page'),
  },
  // The page itself sets its title.
  { path: 'recordings/:id', title: 'Broadcast', loadComponent: () => import('./pages/recording/recording-page') },
  { path: 'videos/:id', title: 'Video', loadComponent: () => import('./pages/video/video-page') },
  { path: 'streamers', title: 'Streamers', loadComponent: () => import('./pages/streamers/streamers-page') },
  { path: 'streamers/:id', title: 'Streamer', loadComponent: () => import('./pages/streamer/streamer-page') },
  { path: 'activity', title: 'Activity', loadComponent: () => import('./pages/activity/activity-page') },
  { path: 'storage', title: 'Storage', loadComponent: () => import('./pages/storage/storage-page') },
  { path: 'storage/bin', title: 'Bin', loadComponent: () => import('./pages/storage/bin-page') },
  { path: 'storage/cleanup', title: 'Cleanup', loadComponent: () => import('./pages/storage/cleanup-page') },
  { path: 'settings/users', title: 'Users and keys', loadComponent: () => import('./pages/settings/users-page') },
  {
    path: 'settings/recording',
    title: 'Recording defaults',
    loadComponent: () => import('./pages/settings/recording/recording-defaults-page'),
  },
  {
    path: 'settings/sources',
    title: 'Sources and tokens',
    loadComponent: () => import('./pages/settings/sources/sources-page'),
  },
  {
    path: 'settings/notifications',
    title: 'Notifications',
    loadComponent: () => import('./pages/settings/notifications/notifications-page'),
  },
  { path: 'settings', title: 'Settings', loadComponent: () => import('./pages/settings/settings-page') },
  { path: 'more', title: 'More', loadComponent: () => import('./pages/more/more-page') },
  { path: 'audit', title: 'Audit', loadComponent: () => import('./pages/audit/events-page') },
  { path: 'audit/events/:position', title: 'Event', loadComponent: () => import('./pages/audit-event/event-page') },
  { path: 'audit/streams/:stream', title: 'History', loadComponent: () => import('./pages/audit-stream/stream-page') },
  {
    path: 'audit/projections',
    title: 'Read models',
    loadComponent: () => import('./pages/audit-projections/projections-page'),
  },
  { path: 'live', pathMatch: 'full', redirectTo: movedTo('/now') },
  { path: 'videos', pathMatch: 'full', redirectTo: movedTo('/library') },
  { path: 'recordings', pathMatch: 'full', redirectTo: movedTo('/library/recordings') },
  { path: 'channels/:id', redirectTo: 'streamers/:id' },
  { path: '**', title: 'Not found', loadComponent: () => import('./pages/not-found/not-found-page') },
];
