/** Media seconds as an address names them: `90`, `90s`, `1h2m3s`. null for anything else. */
export function secondsOf(text: string | undefined): number | null {
  const [, hours, minutes, seconds] = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s?)?$/.exec(text ?? '') ?? [];
  if (hours === undefined && minutes === undefined && seconds === undefined) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}
