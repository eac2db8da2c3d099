import { type Role, role } from '@streamvault/api-contract';
import { defineSettings, type SettingsOf } from '@streamvault/kernel';
import { z } from 'zod';

const defaultRoles: ReadonlyMap<string, Role> = new Map([
  ['streamvault-admin', 'administrator'],
  ['streamvault-operator', 'operator'],
  ['streamvault-viewer', 'viewer'],
]);

/** `value=role`, comma-separated; the last `=` counts, because values may have one: `cn=admins=administrator`. */
const roleMap = z.string().transform((text, context): ReadonlyMap<string, Role> => {
  const map = new Map<string, Role>();
  for (const pair of text.split(',')) {
    const at = pair.lastIndexOf('=');
    const value = pair.slice(0, at).trim();
    const { data } = role.safeParse(pair.slice(at + 1).trim());
    if (at > 0 && value !== '' && data) {
      map.set(value, data);
    } else {
      context.addIssue({
        code: 'custom',
        message: 'must be pairs like staff=viewer; roles are viewer, operator, administrator',
      });
      return z.NEVER;
    }
  }
  return map;
});

export const accessSettings = defineSettings('access', {
  ADMIN_NAME: {
    schema: z.string().trim().min(1).max(64).default('admin'),
    meaning: 'name of the first administrator, if there is none yet',
    shownDefault: '`admin`',
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(8, 'must have at least 8 characters').optional(),
    meaning: 'password of the first administrator: without it, the console asks for one',
    shownDefault: 'none',
    secret: true,
  },
  OIDC_ISSUER: {
    schema: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
    meaning: 'address of the identity provider (OpenID Connect); PUBLIC_URL is needed, too',
    shownDefault: 'none',
  },
  OIDC_CLIENT_ID: {
    schema: z.string().trim().min(1).optional(),
    meaning: 'the client id with which StreamVault is registered there',
    shownDefault: 'none',
  },
  OIDC_CLIENT_SECRET: {
    schema: z.string().trim().min(1).optional(),
    meaning: 'its secret; none for a public client',
    shownDefault: 'none',
    secret: true,
  },
  OIDC_ROLE_CLAIM: {
    schema: z.string().trim().min(1).default('groups'),
    meaning: 'claim whose values give roles; dots lead inside, as in `realm_access.roles`',
    shownDefault: '`groups`',
  },
  OIDC_ROLES: {
    schema: roleMap.default(defaultRoles),
    meaning: 'which value of that claim gives which role, as `value=role`, comma-separated',
    shownDefault: '`streamvault-admin=administrator`, `streamvault-operator=operator`, `streamvault-viewer=viewer`',
  },
  OIDC_NEW_USERS: {
    schema: z.enum(['off', 'claim'], 'must be off or claim').default('off'),
    meaning: '`claim`: a user with a role by the claim gets an account at the first sign-in',
    shownDefault: '`off`',
  },
  OIDC_LABEL: {
    schema: z.string().trim().min(1).max(60).default('single sign-on'),
    meaning: 'the label of its button on the sign-in page',
    shownDefault: '`single sign-on`',
  },
  PROXY_USER_HEADER: {
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z][a-z0-9-]{1,60}$/, 'must be the name of a header')
      .refine(
        (name) => !/^(authorization|cookie|host|origin|x-api-key|x-forwarded-.*)$/.test(name),
        'must be a header of its own',
      )
      .optional(),
    meaning:
      'header in which a proxy of TRUSTED_PROXIES says who is signed in, such as `Remote-User`; the account has to exist',
    shownDefault: 'off',
  },
});

export type AccessSettings = SettingsOf<typeof accessSettings>;
