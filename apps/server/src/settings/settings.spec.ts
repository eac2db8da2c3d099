import { describe, expect, it } from '@jest/globals';
import { isLoopback } from '@streamvault/http-kit';
import { recordingSettings } from '@streamvault/recording';
import { InvalidSettings, parseSettings, settingsOf } from './settings.js';

const refusal = (environment: Record<string, string>): string => {
  try {
    parseSettings(environment, false);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.message;
    throw error;
  }
  throw new Error('It was taken.');
};

describe('settings', () => {
  it('are all optional, and listen on loopback only', () => {
    const settings = parseSettings({}, false);
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 8000, trustedProxies: [], logFormat: 'json' });
    expect(settings.eventStoreUrl).toMatch(/^sqlite:\/.*\/data\/events\.db$/);
    expect([...settings.roles]).toEqual(['api', 'recorder', 'projector', 'scheduler']);
  });

  it('let DATA_DIR move everything without a setting of its own', () => {
    const settings = parseSettings({ DATA_DIR: '/srv/sv', DATABASE_URL: 'sqlite:/tmp/r.db' }, true);
    expect(settings).toMatchObject({
      dataDirectory: '/srv/sv',
      recordingsDirectory: '/srv/sv/recordings',
      eventStoreUrl: 'sqlite:/srv/sv/events.db',
      databaseUrl: 'sqlite:/tmp/r.db',
      logFormat: 'pretty',
    });
  });

  it('accept a list of private hosts', () => {
    const allowed = parseSettings({ ALLOWED_PRIVATE_HOSTS: 'cam.example.org, 192.168.1.0/24' }, false);
    expect(allowed.allowedPrivateHosts).toEqual(['cam.example.org', '192.168.1.0/24']);
    expect(parseSettings({}, false).allowedPrivateHosts).toEqual([]);
  });

  it('accept proxies with and without names', () => {
    const proxiesIn = (list: Record<string, string>) =>
      settingsOf(parseSettings(list, false), recordingSettings).SOURCE_PROXIES;
    const sourceProxies = proxiesIn({ SOURCE_PROXIES: 'home=socks5://me:secret@host, http://other , direct' });
    expect(sourceProxies.names).toEqual(['home']);
    expect(sourceProxies.shownDefaults).toEqual(['home', 'http://other:80', 'direct']);
    expect(proxiesIn({}).defaults).toEqual([]);
  });

  it('treat an empty variable as not set', () => {
    expect(parseSettings({ PORT: '', PUBLIC_URL: ' ' }, false).port).toBe(8000);
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'ftp://secret-value.example'],
    ['ROLES', 'api,secret-value'],
    ['TRUSTED_PROXIES', 'secret-value'],
    ['LOG_LEVEL', 'secret-value'],
    ['PATIENCE_SECONDS', '0'],
    ['DISK_WARN', 'secret-value'],
    ['DISK_REFUSE', '11GB'],
    ['DISK_STOP', '-1'],
    ['DISK_STOP', '100%'],
    ['ALLOWED_PRIVATE_HOSTS', 'cam.lan, http://secret-value'],
    ['SOURCE_PROXIES', 'direct, ftp://me:secret-value@host'],
    ['SOURCE_PROXIES', 'home=http://secret-value, home=http://other'],
  ])('refuse a wrong %s by its name and never show the value', (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toContain(`${name}:`);
    expect(message).not.toContain('secret-value');
    expect(message).not.toContain('\n');
  });

  it('name everything that is wrong at once', () => {
    expect(refusal({ PORT: 'x', LOG_FORMAT: 'x' })).toMatch(/PORT.*LOG_FORMAT/);
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['192.168.1.4', false],
  ['127.0.0.1.evil.example', false],
])('tell whether %s is loopback', (host, answer) => expect(isLoopback(host)).toBe(answer));
