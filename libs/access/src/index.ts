export { AccessDesk } from './access-desk.js';
export { accessContext } from './access.context.js';
export { FirstAdministratorRefused, FirstRun } from './first-run.js';
export { AccessGate } from './http/access-gate.js';
export { refuseOtherSites } from './http/other-sites.js';
export { type DeclaredRoute, UndeclaredRoutes } from './http/route-table.js';
export { StreamersOfItems } from './http/streamers-of-items.js';
export { allows } from './domain/roles.js';
export { isProxyAddress, isTrusted } from './trusted-proxies.js';
