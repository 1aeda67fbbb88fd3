import { setTimeout as pause } from 'node:timers/promises'
import { OWNER, type TestServer } from '@affluent/server/testing/test-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Look, openContext } from './chromium.ts'

/** So long without a request, and a page has asked for all that it shows. */
const QUIET_MS = 300
// a page may look for news all the time
const QUIET_MS_MAX = 10_000

/** How somebody signs in. */
export interface Account {
  readonly email: string
  readonly password: string
}

/** A team member's browser, signed in. What the page reports as an error fails the test at the end. */
export class TeamMember {
  readonly page: Page
  /** what the page complained of */
  readonly faults: string[] = []
  readonly #context: BrowserContext
  readonly #base: string
  #pending = 0
  #movedAt = 0

  private constructor(context: BrowserContext, page: Page, base: string) {
    this.#context = context
    this.page = page
    this.#base = base
    const moved = (by: number) => () => {
      this.#pending += by
      this.#movedAt = performance.now()
    }
    page.on('request', moved(1))
    page.on('requestfinished', moved(-1))
    page.on('requestfailed', moved(-1))
    page.on('pageerror', (error) => this.faults.push(error.message))
    page.on('dialog', (dialog) => {
      this.faults.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => {
      // an answer of 4xx that the screen says in words is no fault of the page
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.faults.push(message.text())
    })
  }

  /** Opens a browser at the sign-in page. */
  static async arrive(browser: Browser, server: TestServer, look: Look): Promise<TeamMember> {
    const context = await openContext(browser, look)
    const page = await context.newPage()
    return new TeamMember(context, page, server.url)
  }

  /** Opens a browser that is signed in already, with the language asked for. */
  static async signedIn(
    browser: Browser,
    server: TestServer,
    look: Look,
    account: Account = OWNER,
  ): Promise<TeamMember> {
    const member = await TeamMember.arrive(browser, server, look)
    await member.page.goto(`${server.url}/sign-in`)
    const status = await member.page.evaluate(
      async ([email, password, language]) => {
        const headers = { 'content-type': 'application/json' }
        const signIn = await fetch('/v1/session', {
          ...{ method: 'POST', headers },
          body: JSON.stringify({ email, password }),
        })
        const { session } = (await signIn.json()) as { session: { csrf: string } }
        const change = await fetch('/v1/session', {
          ...{ method: 'PUT', headers: { ...headers, 'affluent-csrf': session.csrf } },
          body: JSON.stringify({ language }),
        })
        return change.status
      },
      [account.email, account.password, look.language] as const,
    )
    if (status !== 200) throw new Error(`Signing in was answered with ${status}.`)
    return member
  }

  /** @param path such as `/w/main/live` */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.#base}${path}`)
    await this.page.getByRole('heading', { level: 1 }).first().waitFor()
  }

  /**
   * Goes on to another page as a click does, without loading the console anew, and waits until it is quiet.
   * @param path as for `open`
   */
  async visit(path: string): Promise<void> {
    this.#movedAt = performance.now()
    await this.page.evaluate((to) => window.history.pushState({}, '', to), path)
    await this.page.waitForURL(`${this.#base}${path}`, { waitUntil: 'commit' })
    await this.quiet()
    await this.page.getByRole('heading', { level: 1 }).first().waitFor()
  }

  /** Waits until the page asks for nothing more: all that it will show is there. */
  async quiet(): Promise<void> {
    const end = performance.now() + QUIET_MS_MAX
    while (performance.now() < end) {
      if (this.#pending <= 0 && performance.now() - this.#movedAt > QUIET_MS) return
      await pause(QUIET_MS / 5)
    }
  }

  /** Types and presses keys one after the other, as a person without a mouse does. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  /** Types into the field that has the focus, once one has it: a page that is still on its way has none. */
  async type(text: string): Promise<void> {
    await this.page.locator('input:focus, textarea:focus').waitFor()
    await this.page.keyboard.type(text)
  }

  async leave(): Promise<void> {
    await this.#context.close()
  }
}
