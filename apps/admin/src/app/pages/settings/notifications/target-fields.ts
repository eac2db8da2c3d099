import type { CredentialName, NoticeKind, NotificationTarget, TargetSettings } from '@streamvault/api-contract';

export type TargetKind = TargetSettings['kind'];
export interface TargetField {
  readonly name: string;
  readonly label: string;
  /** Empty: it has to be filled in. */
  readonly initial: string;
  readonly isOptional?: boolean;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** How the server expects it, if not as text. */
  readonly as?: 'number' | 'list';
}
export interface CredentialField {
  readonly name: CredentialName;
  readonly label: string;
  readonly isOptional?: boolean;
}
interface KindOfTarget {
  readonly kind: TargetKind;
  readonly label: string;
  readonly fields: readonly TargetField[];
  readonly credentials: readonly CredentialField[];
}

/** Every kind of target, with its fields. */
export const kindsOfTarget: readonly KindOfTarget[] = [
  {
    kind: 'discord',
    label: 'Discord',
    fields: [],
    credentials: [{ name: 'url', label: 'Webhook address (channel settings, Integrations)' }],
  },
  {
    kind: 'ntfy',
    label: 'ntfy',
    fields: [
      { name: 'server', label: 'Server', initial: 'https://ntfy.sh' },
      { name: 'topic', label: 'Topic', initial: '' },
    ],
    credentials: [{ name: 'token', label: 'Access token', isOptional: true }],
  },
  {
    kind: 'telegram',
    label: 'Telegram',
    fields: [
      { name: 'chat', label: 'Chat: its number, or @channel', initial: '' },
      { name: 'thread', label: 'Topic of a group', initial: '', isOptional: true, as: 'number' },
      { name: 'server', label: 'Server', initial: 'https://api.telegram.org' },
    ],
    credentials: [{ name: 'token', label: 'Token of the bot' }],
  },
  {
    kind: 'gotify',
    label: 'Gotify',
    fields: [{ name: 'server', label: 'Server', initial: '' }],
    credentials: [{ name: 'token', label: 'Token of the application' }],
  },
  {
    kind: 'email',
    label: 'E-mail',
    fields: [
      { name: 'host', label: 'Mail server', initial: '' },
      { name: 'port', label: 'Port', initial: '587', as: 'number' },
      {
        name: 'security',
        label: 'Encryption',
        initial: 'starttls',
        options: [
          { value: 'starttls', label: 'STARTTLS' },
          { value: 'tls', label: 'TLS' },
          { value: 'none', label: 'None' },
        ],
      },
      { name: 'user', label: 'User', initial: '', isOptional: true },
      { name: 'from', label: 'From', initial: '' },
      { name: 'to', label: 'To, several with commas', initial: '', as: 'list' },
    ],
    credentials: [{ name: 'password', label: 'Password', isOptional: true }],
  },
  {
    kind: 'webhook',
    label: 'Webhook',
    fields: [
      {
        name: 'format',
        label: 'Format',
        initial: 'standard',
        options: [
          { value: 'standard', label: 'Standard Webhooks' },
          { value: 'cloudevents', label: 'CloudEvents' },
        ],
      },
    ],
    credentials: [
      { name: 'url', label: 'Address' },
      { name: 'secret', label: 'Secret for the signature', isOptional: true },
    ],
  },
  {
    kind: 'apprise',
    label: 'Apprise API',
    fields: [{ name: 'tag', label: 'Tag', initial: '', isOptional: true }],
    credentials: [{ name: 'url', label: 'Address of /notify/…' }],
  },
  // The browser supplies its subscription when the target is added.
  { kind: 'webpush', label: 'This browser (web push)', fields: [], credentials: [] },
];

export const kindOfTarget = (kind: string): KindOfTarget | undefined => kindsOfTarget.find((one) => one.kind === kind);

const noticeLabels: Readonly<Record<NoticeKind, string>> = {
  'streamer.live': 'A streamer goes live',
  'recording.started': 'A recording begins',
  'recording.completed': 'A recording is ready',
  'recording.failed': 'A recording failed',
  'recording.interrupted': 'A recording is interrupted',
  'recording.gap': 'At least 10 s are missing',
  'recording.step_failed': 'A step after the recording failed',
  'disk.full': 'The disk is full',
  'preflight.failed': 'The next recording has a problem',
  'video.binned': 'A video is moved to the bin',
  'video.purged': 'A video is deleted',
};
export const noticeChoices = Object.entries(noticeLabels).map(([kind, label]) => ({ kind: kind as NoticeKind, label }));
export const noticeLabel = (kind: string): string => noticeChoices.find((one) => one.kind === kind)?.label ?? kind;

/** The fields' first values: as stored, or the usual ones. */
export function initialValues(kind: TargetKind, target: NotificationTarget | undefined): Record<string, string> {
  const kept: Record<string, unknown> = target?.settings.kind === kind ? target.settings : {};
  return Object.fromEntries(
    (kindOfTarget(kind)?.fields ?? []).map(({ name, initial }) => [name, name in kept ? inBox(kept[name]) : initial]),
  );
}

const inBox = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** The fields as the server expects them. */
export function settingsOf(kind: TargetKind, values: Readonly<Record<string, string>>): TargetSettings {
  const fields = (kindOfTarget(kind)?.fields ?? []).map(({ name, as, isOptional }) => {
    const text = values[name]?.trim() ?? '';
    if (text === '' && isOptional) return [name, null];
    if (as === 'number') return [name, Number(text)];
    if (as === 'list') return [name, text.split(/[\s,;]+/).filter((part) => part !== '')];
    return [name, text];
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server checks what a person filled in, and says what is wrong
  return { kind, ...Object.fromEntries(fields) } as TargetSettings;
}
