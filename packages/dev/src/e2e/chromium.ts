import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

// nothing but the pages of a test: no updates, no look-ups, no first-run pages
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why a test in a browser is skipped here; undefined: it is not. */
export const NO_CHROMIUM =
  PLACES.find((path) => existsSync(path)) === undefined
    ? 'needs Chromium (Debian: apt-get install chromium)'
    : undefined

/** Starts headless Chromium. */
export function startChromium(): Promise<Browser> {
  const executablePath = PLACES.find((path) => existsSync(path))
  if (executablePath === undefined) throw new Error(NO_CHROMIUM)
  return chromium.launch({ executablePath, args: FLAGS, headless: true })
}

/** How a team member's browser is set up. */
export interface Look {
  readonly language: 'fr' | 'en'
  readonly scheme?: 'light' | 'dark'
  readonly width?: 1440 | 390
}

/** A fresh browser profile. Motion is reduced, so that what is seen is what stays. */
export function openContext(browser: Browser, look: Look): Promise<BrowserContext> {
  const { language, scheme = 'light', width = 1440 } = look
  return browser.newContext({
    viewport: { width, height: width === 390 ? 844 : 900 },
    locale: language === 'fr' ? 'fr-FR' : 'en-GB',
    colorScheme: scheme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Paris',
  })
}
