import type { DirectWrites } from '../ledger/direct-writes.js';
import type { Gate } from '../ledger/gate.js';
import type { BlockPool } from '../memory/block-pool.js';
import type { Reading } from '../reading.js';
import type { Beginnings } from './beginnings.js';
import type { Clock } from './clock.js';
import type { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import type { HlsCaptureSettings } from './settings.js';

/** What all captures of the engine share. */
export interface SessionServices {
  readonly http: Http;
  readonly settings: HlsCaptureSettings;
  readonly clock: Clock;
  readonly syncGate: Gate;
  readonly budget: FetchBudget;
  readonly beginnings: Beginnings;
  readonly pool: BlockPool;
  readonly direct: DirectWrites | undefined;
  readonly reading: Reading;
}
