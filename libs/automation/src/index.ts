import { defineContext } from '@streamvault/kernel';
import { broadcastCategory, broadcastEvents } from './domain/broadcast-events.js';
import { foldBroadcast } from './domain/broadcast-state.js';

export const automationContext = defineContext({
  name: 'automation',
  events: broadcastEvents,
  folds: { [broadcastCategory]: foldBroadcast },
});
