import type { Provider } from '@nestjs/common';
import { AccessGate } from '@streamvault/access';
import { Contexts } from '@streamvault/kernel';

/** For tests of what lies behind the gate: who may ask is for the tests of access. */
export const openGate: readonly Provider[] = [
  { provide: AccessGate, useValue: { guard: () => [], check: () => Promise.resolve() } },
  { provide: Contexts, useValue: new Contexts([]) },
];
