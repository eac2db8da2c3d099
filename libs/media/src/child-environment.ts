/** Variables that other programs need to find their files, their language and their certificates. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TMP|TEMP|XDG_\w+|LD_LIBRARY_PATH|DYLD_\w+|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|FONTCONFIG_\w+|PYTHON(HOME|PATH|IOENCODING|UTF8)|PYENV_(ROOT|VERSION|DIR)|VIRTUAL_ENV|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA|USERPROFILE)$/i;

/**
 * The environment of a program that we start. It lacks our settings, which contain tokens and passwords, and proxies,
 * which a relay uses on its behalf.
 */
export const childEnvironment = (own: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(own).filter(
      (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined,
    ),
  );
