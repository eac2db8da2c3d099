import type { CommandHandling, KernelLogger } from '@streamvault/kernel';
import { type AccountCommand, accountDecider, type Accounts } from './domain/account-decider.js';
import { type AccountEvent, accountStream } from './domain/account-events.js';
import { type KeyCommand, keyDecider, type Keys } from './domain/key-decider.js';
import { type KeyEvent, keyStream } from './domain/key-events.js';
import { type ShareCommand, shareDecider, type Shares } from './domain/share-decider.js';
import { type ShareEvent, shareStream } from './domain/share-events.js';
import { Register } from './register.js';

/** All accounts. */
export class AccountDirectory extends Register<Accounts, AccountCommand, AccountEvent> {
  constructor(handling: CommandHandling, logger: KernelLogger) {
    super(handling, logger, { stream: accountStream, decider: accountDecider });
  }
}

/** All API keys, without their secrets. */
export class KeyRing extends Register<Keys, KeyCommand, KeyEvent> {
  constructor(handling: CommandHandling, logger: KernelLogger) {
    super(handling, logger, { stream: keyStream, decider: keyDecider });
  }
}

/** All share links, without their tokens. */
export class ShareRing extends Register<Shares, ShareCommand, ShareEvent> {
  constructor(handling: CommandHandling, logger: KernelLogger) {
    super(handling, logger, { stream: shareStream, decider: shareDecider });
  }
}
