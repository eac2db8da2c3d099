import {
  CommandHandling,
  defineContext,
  EVENT_STORE,
  EventRegistry,
  INSTALLATION,
  type Installation,
  KERNEL_LOGGER,
  type KernelLogger,
} from '@streamvault/kernel';
import type { EventStore } from '@streamvault/event-store';
import { join } from 'node:path';
import { type AccessSettings, accessSettings } from './access-settings.js';
import { AccountDirectory, KeyRing, ShareRing } from './accounts.js';
import { AuditTrail } from './audit-trail.js';
import { AddPasskeyHandler } from './commands/add-passkey.js';
import { ChangePasswordHandler } from './commands/change-password.js';
import { ChangeUserHandler } from './commands/change-user.js';
import { CreateApiKeyHandler } from './commands/create-api-key.js';
import { CreateFirstAdministratorHandler } from './commands/create-first-administrator.js';
import { CreateShareHandler } from './commands/create-share.js';
import { CreateUserHandler } from './commands/create-user.js';
import { EraseAddressesHandler } from './commands/erase-addresses.js';
import { PreparePasskeyHandler } from './commands/prepare-passkey.js';
import { RemovePasskeyHandler } from './commands/remove-passkey.js';
import { RevokeApiKeyHandler } from './commands/revoke-api-key.js';
import { RevokeShareHandler } from './commands/revoke-share.js';
import { RemoveUserHandler } from './commands/remove-user.js';
import { SessionDoor } from './commands/session-door.js';
import { SessionEnd } from './commands/session-end.js';
import { SignInByPasskeyHandler } from './commands/sign-in-by-passkey.js';
import { ConnectIdentityHandler, SignInByProviderHandler } from './commands/sign-in-by-provider.js';
import { SignInHandler } from './commands/sign-in.js';
import { foldAccounts } from './domain/account-decider.js';
import { accountCategory, accountEvents } from './domain/account-events.js';
import { foldKeys } from './domain/key-decider.js';
import { keyCategory, keyEvents } from './domain/key-events.js';
import { foldShares } from './domain/share-decider.js';
import { shareCategory, shareEvents } from './domain/share-events.js';
import { signInEvents } from './domain/sign-in-events.js';
import { FirstRun } from './first-run.js';
import { AccessGate } from './http/access-gate.js';
import { KeysController } from './http/keys.controller.js';
import { OidcController } from './http/oidc.controller.js';
import { PasskeysController } from './http/passkeys.controller.js';
import { PrincipalResolver } from './http/principal-resolver.js';
import { SessionController } from './http/session.controller.js';
import { SetupController } from './http/setup.controller.js';
import { SharePageController, SharesController } from './http/shares.controller.js';
import { StreamersOfItems } from './http/streamers-of-items.js';
import { UsersController } from './http/users.controller.js';
import { WhoAsks } from './http/who-asks.js';
import { ListAddressesHandler } from './queries/list-addresses.js';
import { ListApiKeysHandler } from './queries/list-api-keys.js';
import { ListPasskeysHandler } from './queries/list-passkeys.js';
import { ListSharesHandler } from './queries/list-shares.js';
import { GetUserHandler, ListSessionsHandler, ListUsersHandler } from './queries/user-queries.js';
import { IdentityProvider } from './oidc/identity-provider.js';
import { AccessRecords } from './records/access-records.js';
import { Addresses } from './records/addresses.js';
import { Challenges } from './records/challenges.js';
import { LinkSigner } from './records/link-signer.js';
import { Passkeys } from './records/passkeys.js';
import { PendingSignIns } from './records/pending-sign-ins.js';
import { Passwords } from './records/passwords.js';
import { SecretsOfKeys } from './records/secrets-of-keys.js';
import { Sessions } from './records/sessions.js';
import { Tries } from './records/tries.js';
import { ProxyWatch } from './proxy-watch.js';
import { SHARED_VIDEOS } from '@streamvault/library';
import { ShareBook } from './share-book.js';
import { VideosBehindLinks } from './videos-behind-links.js';
import { ShareDoor } from './share-door.js';
import { SignInAddresses } from './sign-in-addresses.js';
import { SetUpCode } from './setup-code.js';
import { SweepAccessJob } from './sweep-access.job.js';

const onRecords = <Made>(make: new (records: AccessRecords['database']) => Made) => ({
  provide: make,
  inject: [AccessRecords],
  useFactory: ({ database }: AccessRecords) => new make(database),
});

/** Who may sign in, and what they may do. */
export const accessContext = defineContext({
  name: 'access',
  events: [...accountEvents, ...keyEvents, ...signInEvents, ...shareEvents],
  folds: { [accountCategory]: foldAccounts, [keyCategory]: foldKeys, [shareCategory]: foldShares },
  settings: accessSettings,
  jobs: [SweepAccessJob],
  health: [ProxyWatch],
  permissions: {
    'users.view': 'see all accounts and where they are signed in',
    'users.change': 'make, change and remove accounts',
    'shares.change': 'make share links, and revoke them',
    'live.view': 'follow what happens, as it happens',
    'audit.view': 'read the log, and past states',
    'audit.rebuild': 'rebuild read models',
    'system.view': 'see proxies, settings and metrics',
  },
  module: () => ({
    controllers: [
      SetupController,
      SessionController,
      OidcController,
      PasskeysController,
      UsersController,
      KeysController,
      SharesController,
      SharePageController,
    ],
    providers: [
      {
        provide: AccessRecords,
        inject: [INSTALLATION],
        useFactory: ({ dataDirectory, sharedDatabaseUrl }: Installation) =>
          AccessRecords.open(sharedDatabaseUrl ?? `sqlite:${join(dataDirectory, 'access.db')}`),
      },
      onRecords(Passwords),
      onRecords(SecretsOfKeys),
      onRecords(Sessions),
      onRecords(Addresses),
      onRecords(Tries),
      onRecords(LinkSigner),
      onRecords(PendingSignIns),
      onRecords(Passkeys),
      onRecords(Challenges),
      {
        provide: IdentityProvider,
        inject: [accessSettings.token, INSTALLATION, KERNEL_LOGGER],
        useFactory: (settings: AccessSettings, { publicUrl }: Installation, logger: KernelLogger) =>
          new IdentityProvider({ settings, publicUrl, logger }),
      },
      {
        provide: SetUpCode,
        inject: [INSTALLATION],
        useFactory: ({ dataDirectory }: Installation) => new SetUpCode(dataDirectory),
      },
      {
        provide: AccountDirectory,
        inject: [CommandHandling, KERNEL_LOGGER],
        useFactory: (handling: CommandHandling, logger: KernelLogger) => new AccountDirectory(handling, logger),
      },
      {
        provide: KeyRing,
        inject: [CommandHandling, KERNEL_LOGGER],
        useFactory: (handling: CommandHandling, logger: KernelLogger) => new KeyRing(handling, logger),
      },
      {
        provide: ShareRing,
        inject: [CommandHandling, KERNEL_LOGGER],
        useFactory: (handling: CommandHandling, logger: KernelLogger) => new ShareRing(handling, logger),
      },
      {
        provide: AuditTrail,
        inject: [EVENT_STORE, EventRegistry, Addresses, KERNEL_LOGGER],
        useFactory: (store: EventStore, registry: EventRegistry, addresses: Addresses, logger: KernelLogger) =>
          new AuditTrail({ store, registry, addresses, logger }),
      },
      ShareBook,
      { provide: SHARED_VIDEOS, useClass: VideosBehindLinks },
      ShareDoor,
      SessionDoor,
      SessionEnd,
      SignInAddresses,
      FirstRun,
      AccessGate,
      PrincipalResolver,
      StreamersOfItems,
      WhoAsks,
      CreateFirstAdministratorHandler,
      CreateUserHandler,
      ChangeUserHandler,
      RemoveUserHandler,
      ChangePasswordHandler,
      SignInHandler,
      SignInByProviderHandler,
      ConnectIdentityHandler,
      PreparePasskeyHandler,
      AddPasskeyHandler,
      RemovePasskeyHandler,
      SignInByPasskeyHandler,
      ListPasskeysHandler,
      EraseAddressesHandler,
      ListAddressesHandler,
      CreateApiKeyHandler,
      RevokeApiKeyHandler,
      CreateShareHandler,
      RevokeShareHandler,
      ListSharesHandler,
      ListApiKeysHandler,
      ListUsersHandler,
      GetUserHandler,
      ListSessionsHandler,
    ],
  }),
});
