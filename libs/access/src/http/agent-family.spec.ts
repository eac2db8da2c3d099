import { expect, it } from '@jest/globals';
import { agentFamily } from './agent-family.js';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const linux = 'Mozilla/5.0 (X11; Linux x86_64)';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const android = 'Mozilla/5.0 (Linux; Android 10; K)';
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';

it.each([
  [`${windows} ${webKit} Chrome/142.0.0.0 Safari/537.36`, 'Chrome on Windows'],
  [`${linux} ${webKit} HeadlessChrome/142.0.0.0 Safari/537.36`, 'Headless Chrome on Linux'],
  [`${linux} ${webKit} Ubuntu Chromium/142.0.0.0 Chrome/142.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36', 'Chrome on ChromeOS'],
  [`${windows} ${webKit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge on Windows'],
  [`${android} ${webKit} Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0`, 'Edge on Android'],
  [`${mac} ${webKit} Chrome/141.0.0.0 Safari/537.36 OPR/126.0.0.0`, 'Opera on macOS'],
  [`${linux} ${webKit} Chrome/142.0.0.0 Safari/537.36 Vivaldi/7.7`, 'Vivaldi on Linux'],
  [`${android} ${webKit} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`, 'Samsung Internet on Android'],
  [`${android} ${webKit} Chrome/142.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
  [`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15`, 'Safari on macOS'],
  [`${iPhone} Version/26.1 Mobile/15E148 Safari/604.1`, 'Safari on iOS'],
  [`${iPhone} CriOS/142.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome on iOS'],
  [`${iPhone} FxiOS/145.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iOS'],
  [
    'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 Version/17.7 Mobile/15E148 Safari/604.1',
    'Safari on iPadOS',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 'Firefox on Android'],
  [
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.211 Safari/537.36',
    'Chrome on a television set',
  ],
  ['VLC/3.0.21 LibVLC/3.0.21', 'VLC'],
  ['Kodi/21.3 (X11; Linux x86_64) App_Bitness/64 Version/21.3', 'Kodi on Linux'],
  ['mpv 0.40.0', 'mpv'],
  ['curl/8.17.0', 'curl'],
  ['python-requests/2.32.5', 'Python'],
  ['node', 'Node.js'],
  ['', 'Unknown'],
  ['-'.repeat(100_000), 'Unknown'],
  [`${'x'.repeat(600)} Firefox/145.0`, 'Unknown'],
])('%s is %s', (header, name) => expect(agentFamily(header)).toBe(name));

it('nothing said is nothing known', () => expect(agentFamily(undefined)).toBe('Unknown'));
