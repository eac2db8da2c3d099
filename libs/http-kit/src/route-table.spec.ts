import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { RouteTable } from './route-table.js';

it.each([
  ['/api/streamers', ['GET', 'HEAD', 'POST']],
  ['/api/streamers?x=1', ['GET', 'HEAD', 'POST']],
  ['/api/streamers/7', ['DELETE']],
  ['/api/streamers/7/', ['DELETE']],
  ['/api/streamers/7/more', []],
  ['/api/videos/7/chapters.vtt', ['GET', 'HEAD']],
  ['/api/videos/7/chaptersxvtt', []],
  ['/somewhere', []],
])('the methods of %s are %p', (address, methods) => {
  const server = fastify();
  const routes = new RouteTable(server);
  const answer = () => ({});
  server.get('/api/streamers', answer);
  server.post('/api/streamers', answer);
  server.delete('/api/streamers/:id', answer);
  server.get('/api/videos/:id/chapters.vtt', answer);
  server.get('/*', answer);
  expect(routes.methodsAt(address)).toEqual(methods);
});
