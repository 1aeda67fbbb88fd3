/** What people call a browser, by what it says of itself; the first that fits, since most of them also name others. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//],
]
const SYSTEMS: typeof BROWSERS = [
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
]
const PROGRAM = /^[A-Za-z][\w.-]{0,39}/

/**
 * Browser and system in words, such as "Firefox, Linux", for a list in which a member finds a session again.
 * @param userAgent the header as it came
 * @returns null when it says nothing that can be shown
 */
export function deviceOf(userAgent: string | undefined): string | null {
  if (userAgent === undefined) return null
  const named = [BROWSERS, SYSTEMS].flatMap((names) => nameOf(userAgent, names) ?? [])
  return named.length > 0 ? named.join(', ') : (PROGRAM.exec(userAgent)?.[0] ?? null)
}

function nameOf(userAgent: string, names: typeof BROWSERS): string | undefined {
  return names.find(([, pattern]) => pattern.test(userAgent))?.[0]
}
