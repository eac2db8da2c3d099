/** By the token that only they send. Most of them also claim to be what stands below them: the first match counts. */
const programs = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOP(R|T|X|iOS)\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\b(DuckDuckGo|Ddg)\//, 'DuckDuckGo'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS|Focus)\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Headless Chrome'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  // Many programs on WebKit and older television sets send Safari, too; only the browser sends its version.
  [/\bVersion\/\S+.*\bSafari\//, 'Safari'],
  [/\bVLC\//, 'VLC'],
  [/\bKodi\//, 'Kodi'],
  [/\bmpv\b/, 'mpv'],
  [/\bcurl\//, 'curl'],
  [/\bWget\//, 'Wget'],
  [/^(python-requests|Python-urllib|aiohttp)\//i, 'Python'],
  [/^(node|undici|axios)\b/i, 'Node.js'],
] as const;
const systems = [
  [/\biPad\b/, 'iPadOS'],
  [/\b(iPhone|iPod)\b/, 'iOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\b(Tizen|Web0S|SMART-TV|SmartTV)\b/, 'a television set'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\b(Mac OS X|Macintosh)\b/, 'macOS'],
  [/\b(FreeBSD|OpenBSD)\b/, 'BSD'],
  [/\b(Linux|X11)\b/, 'Linux'],
] as const;

/** Longer ones come from nobody who wants to be recognized. */
const readAtMost = 500;

/** Browser and system, just enough to tell one's own devices apart. */
export function agentFamily(header: string | undefined): string {
  const text = (header ?? '').slice(0, readAtMost);
  const program = programs.find(([pattern]) => pattern.test(text))?.[1];
  const system = systems.find(([pattern]) => pattern.test(text))?.[1];
  if (program && system) return `${program} on ${system}`;
  return program ?? system ?? 'Unknown';
}
