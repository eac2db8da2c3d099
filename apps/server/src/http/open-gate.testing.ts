import type { Provider } from '@nestjs/common';
import { AccessGate } from '@streamvault/access';
import { Contexts } from '@streamvault/kernel';

/** For tests behind the gate: permissions have their own tests. */
export const openGate: readonly Provider[] = [
  { provide: AccessGate, useValue: { guard: () => [], check: () => Promise.resolve() } },
  { provide: Contexts, useValue: new Contexts([]) },
];
