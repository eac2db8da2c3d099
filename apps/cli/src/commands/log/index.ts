import { Command } from 'commander';
import { copy } from './copy.js';
import { exportCommand } from './export.js';
import { head } from './head.js';
import { importCommand } from './import.js';
import { stats } from './stats.js';
import { verify } from './verify.js';

export const log = new Command('log').description('the event log');
for (const each of [verify, head, stats, exportCommand, importCommand, copy]) log.addCommand(each);
