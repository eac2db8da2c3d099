import { expect, it } from '@jest/globals';
import { PlacesPerClient, TooManyFeeds } from './places-per-client.js';

it('one account has a limited number of feeds, which others are not part of', () => {
  const places = new PlacesPerClient();
  const taken = Array.from({ length: 24 }, () => places.take('user:1'));
  expect(() => places.take('user:1')).toThrow(TooManyFeeds);
  expect(() => places.take('user:2')).not.toThrow();
  taken[0]!();
  taken[0]!();
  places.take('user:1');
  expect(() => places.take('user:1')).toThrow(TooManyFeeds);
});
