import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router'
import type { FunctionComponent } from 'react'

const LOAD_FAULTS = new WeakSet<Error>()
const RELOADED_AT = 'affluent-reloaded-at'
const RELOAD_PAUSE_MS = 15_000
const ASK_EVERY_MS = 2_000
const preloaders: Array<() => Promise<unknown>> = []

/**
 * A screen whose code is loaded when it is first shown, or when `preloadRooms` asks for it.
 * @param load imports the screen
 */
export function lazyScreen(load: () => Promise<FunctionComponent>): RouteComponent {
  const loadOrTell = async () => {
    try {
      return { Screen: await load() }
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error))
      LOAD_FAULTS.add(fault)
      throw fault
    }
  }
  preloaders.push(loadOrTell)
  return lazyRouteComponent(loadOrTell, 'Screen')
}

/**
 * Loads the code of every room while nothing else is to be done, so that a room opens although the server has stopped
 * since.
 */
export function preloadRooms(): void {
  void Promise.allSettled(preloaders.map((load) => load()))
}

/**
 * Whether this error says that the code of a room could not be loaded: the server does not answer, or it was upgraded
 * meanwhile.
 */
export function isLoadFault(error: unknown): boolean {
  return error instanceof Error && LOAD_FAULTS.has(error)
}

/**
 * Waits until the server is ready and then loads the page anew, which also brings the files of a newer version.
 * @param now milliseconds
 * @returns ends the waiting
 */
export function reloadWhenReady(now: () => number = Date.now): () => void {
  const timer = setInterval(async () => {
    const answer = await fetch('/readyz').catch(() => undefined)
    if (answer?.ok !== true) return
    // Where loading anew does not help, the button is left to the team member.
    if (now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOAD_PAUSE_MS) return
    sessionStorage.setItem(RELOADED_AT, String(now()))
    window.location.reload()
  }, ASK_EVERY_MS)
  return () => clearInterval(timer)
}
