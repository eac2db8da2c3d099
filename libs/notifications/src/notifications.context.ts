import { defineContext } from '@streamvault/kernel';
import { AddTargetHandler } from './commands/add-target/add-target.handler.js';
import { ChangeTargetHandler } from './commands/change-target/change-target.handler.js';
import { RemoveTargetHandler } from './commands/remove-target/remove-target.handler.js';
import { TestTargetHandler } from './commands/test-target/test-target.handler.js';
import { DeliveryStreams } from './delivery-streams.js';
import { foldDelivery } from './domain/delivery-decider.js';
import { deliveryEvents, noticeCategory } from './domain/delivery-events.js';
import { foldTargets } from './domain/target-decider.js';
import { targetEvents, targetsCategory } from './domain/target-events.js';
import { NotificationsController } from './http/notifications.controller.js';
import { NotificationsHealth } from './notifications-health.js';
import { notificationsSettings } from './notifications-settings.js';
import { ListDeliveriesHandler } from './queries/list-deliveries.handler.js';
import { GetTargetHandler, ListTargetsHandler } from './queries/target-query.handlers.js';
import { QueueNoticesWhenLookingAheadFindsTrouble } from './reactions/queue-notices-when-looking-ahead-finds-trouble.js';
import { QueueNoticesWhenSomethingHappens } from './reactions/queue-notices-when-something-happens.js';
import { deliveriesProjection } from './read-models/deliveries.projection.js';
import { DeliveryHost } from './sending/delivery-host.js';
import { NoticeSender } from './sending/notice-sender.js';
import { VapidKeys } from './sending/vapid-keys.js';
import { OpenDeliveryRows } from './sending/open-deliveries.js';
import { TargetStreams } from './target-streams.js';

/** Notices to people elsewhere: targets, and an outbox that survives failures and restarts. */
export const notificationsContext = defineContext({
  name: 'notifications',
  events: [...targetEvents, ...deliveryEvents],
  folds: { [targetsCategory]: foldTargets, [noticeCategory]: foldDelivery },
  publicCategories: {
    [targetsCategory]: { projection: null, permission: 'notifications.read' },
    [noticeCategory]: { projection: deliveriesProjection.name, permission: 'notifications.read' },
  },
  projections: [deliveriesProjection],
  settings: notificationsSettings,
  reactions: [QueueNoticesWhenSomethingHappens, QueueNoticesWhenLookingAheadFindsTrouble],
  health: [NotificationsHealth],
  permissions: {
    'notifications.read': 'See where notices go, and what was sent.',
    'notifications.change': 'Add, change, test and remove targets of notices.',
  },
  module: () => ({
    controllers: [NotificationsController],
    providers: [
      TargetStreams,
      DeliveryStreams,
      NoticeSender,
      VapidKeys,
      OpenDeliveryRows,
      DeliveryHost,
      AddTargetHandler,
      ChangeTargetHandler,
      RemoveTargetHandler,
      TestTargetHandler,
      ListTargetsHandler,
      GetTargetHandler,
      ListDeliveriesHandler,
    ],
  }),
});
