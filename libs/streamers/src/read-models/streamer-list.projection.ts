import type { Projection } from '@streamvault/kernel';
import { streamerDecider, type StreamerFacts } from '../domain/streamer-decider.js';
import { streamerCategory, type StreamerEvent } from '../domain/streamer-events.js';
import { ownChoicesOf } from './own-choices-of.js';
import { StreamerRow } from './streamer-row.entity.js';

/** The streamers on the list. */
export const streamerListProjection: Projection<StreamerEvent> = {
  name: 'streamer-list',
  version: 4,
  filter: { categories: [streamerCategory] },
  entities: [StreamerRow],
  async handle(event, em) {
    const id = Number(event.stream.slice(event.stream.indexOf('-') + 1));
    const row = event.type === 'StreamerAdded' ? null : await em.findOneOrFail(StreamerRow, { id });
    if (row && event.type === 'StreamerRemoved') {
      em.remove(row);
      return;
    }
    const facts = streamerDecider.evolve(row ? factsOf(row) : undefined, event);
    if (!facts) return;
    const { isRemoved: _, ...columns } = facts;
    if (row) Object.assign(row, columns);
    else em.persist(em.create(StreamerRow, columns));
  },
};

const factsOf = ({ id, name, url, platform, createdAt, ...row }: StreamerRow): StreamerFacts => ({
  id,
  name,
  url,
  platform,
  ...ownChoicesOf(row),
  createdAt,
  isRemoved: false,
});
