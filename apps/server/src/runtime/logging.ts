import type { KernelLogger } from '@streamvault/kernel';
import { pino, type Logger } from 'pino';
import type { Settings } from '../settings/settings.js';

/** What never reaches a log, whatever code logs it. */
const redacted = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  'req.headers["idempotency-key"]',
];

export function createLogger({ logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>): Logger {
  const options = { level: logLevel, redact: redacted, base: null };
  if (logFormat === 'json') return pino(options);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss', ignore: 'context,req,res' } },
  });
}

/** The libraries pass message and details; pino expects the reverse. */
export const kernelLogger = (logger: Logger): KernelLogger => ({
  info: (message, details) => logger.info(withError(details), message),
  warn: (message, details) => logger.warn(withError(details), message),
  error: (message, details) => logger.error(withError(details), message),
});

/** pino prints errors only under `err`. */
const withError = ({ error, ...details }: Readonly<Record<string, unknown>> = {}): object =>
  error === undefined ? details : { ...details, err: error };
