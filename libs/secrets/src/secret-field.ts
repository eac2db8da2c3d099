/**
 * The name of a secret: dotted words of letters, digits, `-` and `_`, such as `twitch.user-token` or
 * `notifications.target.12.token`. Part of the encryption: a value copied to another field cannot be read there.
 */
export type SecretField = string;

const pattern = /^[a-z][\w-]*(\.[\w-]+)*$/i;
const maxLength = 128;

/** @throws TypeError for an invalid name: a defect of the caller, not something a user can correct */
export function requireField(field: SecretField): void {
  if (field.length > maxLength || !pattern.test(field)) throw new TypeError('That cannot be the name of a secret.');
}
