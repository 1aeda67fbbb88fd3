import { readFile } from 'node:fs/promises'
import { SHOP_SOURCES, type ShopSource } from '../shop-record.ts'

/** What the server tells the demo shop: where to send, and under which keys. */
export interface DemoFile {
  readonly url: string
  /** of the demo's workspace; null: no audiences are made */
  readonly apiKey: string | null
  /** write keys; a source without one is left out */
  readonly sources: Readonly<Partial<Record<ShopSource, string>>>
}

/**
 * Reads the file that the server leaves in its data directory.
 * @returns undefined when there is none: there is no demo yet, or it was removed
 * @throws Error when it is another kind of file
 */
export async function readDemoFile(path: string): Promise<DemoFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  // one that is being written is empty for a moment
  if (text === undefined || text.trim() === '') return undefined
  const { url, apiKey, sources } = JSON.parse(text) as Partial<Record<string, unknown>>
  const keys = (sources ?? {}) as Partial<Record<string, unknown>>
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error(`${path} names no "url".`)
  const known = SHOP_SOURCES.filter((source) => typeof keys[source] === 'string')
  if (known.length === 0) throw new Error(`${path} names no write key under "sources".`)
  return {
    ...{ url, apiKey: typeof apiKey === 'string' ? apiKey : null },
    sources: Object.fromEntries(known.map((source) => [source, keys[source]])),
  }
}

/**
 * Whether write keys are those of one demo, though a source may have come or gone. Another demo in the same data
 * directory has other keys.
 */
export function isSameDemo(a: DemoFile['sources'] | undefined, b: DemoFile['sources'] | undefined): boolean {
  return SHOP_SOURCES.some((source) => a?.[source] !== undefined && a[source] === b?.[source])
}
