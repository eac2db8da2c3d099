const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const TIME = String.raw`(\d\d:\d\d:\d\d)`;
/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d\\d) (${MONTHS}) (\\d{4}) ${TIME} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC_850 = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-(${MONTHS})-(\\d\\d) ${TIME} GMT$`);
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (${MONTHS}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/**
 * An HTTP-date in any of the three forms that recipients must accept (RFC 9110 §5.6.7), in milliseconds; undefined for
 * anything else.
 */
export function parseHttpDate(text: string, now: Date): number | undefined {
  const [, day, month, year, time] = IMF_FIXDATE.exec(text) ?? longForm(text, now) ?? unixForm(text) ?? [];
  const milliseconds = Date.parse(`${day} ${month} ${year} ${time} GMT`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** A two-digit year that seems to be more than 50 years ahead is the last year that ended in those digits. */
function longForm(text: string, now: Date): readonly string[] | undefined {
  const [whole, day, month, short, time] = RFC_850.exec(text) ?? [];
  if (whole === undefined || day === undefined || month === undefined || time === undefined) return undefined;
  const century = now.getUTCFullYear() - (now.getUTCFullYear() % 100);
  const year = century + Number(short);
  return [whole, day, month, String(year > now.getUTCFullYear() + 50 ? year - 100 : year), time];
}

function unixForm(text: string): readonly string[] | undefined {
  const [whole, month, day, time, year] = ASCTIME.exec(text) ?? [];
  if (whole === undefined || month === undefined || day === undefined || time === undefined || year === undefined)
    return undefined;
  return [whole, day.trim(), month, year, time];
}
