import type { Command } from 'commander';
import { backup } from './backup.js';
import { log } from './log/index.js';
import { projections } from './projections.js';
import { restoreCommand } from './restore.js';
import { users } from './users.js';

/** Every top-level command, in the order of the help. */
export const commands: readonly Command[] = [log, projections, users, backup, restoreCommand];
