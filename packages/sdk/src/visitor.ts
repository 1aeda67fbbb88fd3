import { newId } from './new-id.ts'

/** The part of `localStorage` that is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export interface Visitor {
  anonymousId(): string
  userId(): string | undefined
  identify(userId: string): void
  reset(): void
}

const ANONYMOUS_ID = 'affluent.anonymousId'
const USER_ID = 'affluent.userId'

/** Makes the keeper of who the visitor is. Where storage is forbidden or full, memory takes its place. */
export function createVisitor(storage: KeyValueStorage | undefined = localStorageOrNone()): Visitor {
  const memory = new Map<string, string>()

  function read(key: string): string | undefined {
    try {
      return memory.get(key) ?? storage?.getItem(key) ?? undefined
    } catch {
      return undefined
    }
  }

  function write(key: string, value: string): void {
    memory.set(key, value)
    try {
      storage?.setItem(key, value)
    } catch {
      // The value lives as long as the page.
    }
  }

  function forget(key: string): void {
    memory.delete(key)
    try {
      storage?.removeItem(key)
    } catch {
      // What cannot be written was not written.
    }
  }

  function anonymousId(): string {
    const known = read(ANONYMOUS_ID) ?? newId()
    write(ANONYMOUS_ID, known)
    return known
  }

  return {
    anonymousId,
    userId: () => read(USER_ID),
    identify: (userId) => write(USER_ID, userId),
    reset() {
      forget(ANONYMOUS_ID)
      forget(USER_ID)
    },
  }
}

// Reading `localStorage` throws where the visitor has forbidden it.
function localStorageOrNone(): KeyValueStorage | undefined {
  try {
    return typeof localStorage === 'undefined' ? undefined : localStorage
  } catch {
    return undefined
  }
}
