import { describe, expect, it } from '@jest/globals';
import type { CommandMetadata } from './command-metadata.js';
import { NotAllowed, onOwnBehalf, requirePermission } from './permission.js';

const metadata: CommandMetadata = {
  commandId: '1',
  correlationId: '1',
  causationId: '1',
  actor: 'user:1',
  now: '2026-11-30T00:00:00.000Z',
};

describe('a permission that a command needs', () => {
  it('is asked of who asks', () => {
    const asked = { ...metadata, may: (permission: string) => permission === 'videos.view' };
    expect(() => requirePermission(asked, 'videos.view')).not.toThrow();
    expect(() => requirePermission(asked, 'videos.purge')).toThrow(NotAllowed);
    expect(() => requirePermission(onOwnBehalf(asked), 'videos.purge')).not.toThrow();
  });

  it('is not asked of the server itself', () => {
    expect(() => requirePermission(metadata, 'videos.purge')).not.toThrow();
  });
});
