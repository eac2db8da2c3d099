import type { Provider } from '@nestjs/common';
import { AccessGate } from '@streamvault/access';
import { FastLane, nobody, type Principal, setPrincipal } from '@streamvault/http-kit';
import { Contexts } from '@streamvault/kernel';
import type { FastifyRequest } from 'fastify';

const everybody: Principal = { ...nobody, can: () => true };

/** For tests behind the gate: permissions have their own tests. */
export const openGate: readonly Provider[] = [
  {
    provide: AccessGate,
    useValue: {
      guard: () => [],
      check: (request: FastifyRequest) => Promise.resolve(setPrincipal(request, everybody)),
    },
  },
  { provide: FastLane, useValue: new FastLane() },
  { provide: Contexts, useValue: new Contexts([]) },
];
