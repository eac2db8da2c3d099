import { expect, it } from '@jest/globals';
import { inWorld } from './support/world.js';

const works = {
  api: 'Role api answers requests and sends the live feed',
  recorder: 'Role recorder takes up open recordings and begins new ones',
  projector: 'Role projector keeps the read models',
  scheduler: 'Role scheduler runs jobs and tidies up',
} as const;
type Role = keyof typeof works;
const roles = Object.keys(works) as Role[];

it(
  'a process with one role runs by itself, says what it does, and answers only about its health',
  inWorld(async (world) => {
    const alone: readonly Role[] = ['recorder', 'projector'];
    const servers = await Promise.all(
      // Without an administrator: it is the process with the role api that makes one.
      alone.map((role) => world.server({ ROLES: role, ADMIN_PASSWORD: '' })),
    );
    for (const [index, role] of alone.entries()) {
      const server = servers[index]!;
      const said = server.logLines.map(({ msg }) => msg);
      expect(said.filter((line) => line.startsWith('Role '))).toEqual([works[role]]);
      const others = roles.filter((other) => other !== role).join(', ');
      expect(said).toContain(`Left to other processes: ${others}`);

      const { checks } = await server.api.health();
      expect(await server.api.warnings()).toEqual([]);
      expect('recorder' in checks).toBe(role === 'recorder');
      for (const path of ['/', '/api', '/api/docs', '/api/session/ways', '/api/recordings']) {
        const answer = await fetch(`${server.address}${path}`, { redirect: 'manual' });
        expect([path, answer.status, await answer.json()]).toEqual([
          path,
          404,
          expect.objectContaining({ detail: expect.stringContaining('does not have the role api') }),
        ]);
      }
      // Figures are for those who are signed in, here as everywhere, and somebody has to exist first.
      const figures = await fetch(`${server.address}/metrics`);
      expect([figures.status, await figures.json()]).toMatchObject([503, { code: 'setup.required' }]);
    }
  }),
);
