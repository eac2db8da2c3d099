export type { SecretField } from './secret-field.js';
export { InvalidSecret, SecretDamaged, SecretKeyMissing, SecretKeyUnusable, SecretKeyWrong } from './secret-errors.js';
export { type SecretDescription, SecretVault, type SecretVaultPlaces } from './secret-vault.js';
export { type SourceSecret, SourceSecrets } from './source-secrets.js';
