import { posix } from 'node:path'
import ts from 'typescript'
import type { SourceFile, SourceTree } from './source-tree.ts'

const SERVER = 'packages/server/src/'
const CONTRACT = 'contract.ts'
/** Folders that are no capability, and the layer that each is; every other folder is a capability. */
const LAYERS: Readonly<Record<string, number>> = { platform: 0, log: 1, processor: 3, server: 4 }
const CAPABILITY = 2

/** One import of a file of the server by another, as paths from the server's source folder. */
interface Import {
  readonly from: string
  readonly to: string
}

/**
 * The layers of the server, each importing only to its left: platform <- log <- capability <- processor <- server. A
 * capability reaches another through that one's contract.ts, and no folder imports what imports it.
 */
export function layerFaults(tree: SourceTree): string[] {
  const imports = tree.files.filter(isShippedServer).flatMap(importsOf)
  return [...imports.flatMap(directionFault), ...imports.flatMap(contractFault), ...circleFaults(imports)]
}

function isShippedServer({ path, isTest }: SourceFile): boolean {
  return path.startsWith(SERVER) && !isTest
}

function importsOf({ path, text }: SourceFile): Import[] {
  const from = path.slice(SERVER.length)
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => ({ from, to: posix.join(posix.dirname(from), fileName) }))
}

/** The capability or layer that a file belongs to; what stands in no folder is the server itself. */
function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] as string) : 'server'
}

function layerOf(room: string): number {
  return LAYERS[room] ?? CAPABILITY
}

function directionFault({ from, to }: Import): string[] {
  const [own, other] = [roomOf(from), roomOf(to)]
  if (layerOf(other) <= layerOf(own)) return []
  return [`${SERVER}${from}: ${own} may not import ${other} (${to}), which is a layer above it; hand it in`]
}

function contractFault({ from, to }: Import): string[] {
  const [own, other] = [roomOf(from), roomOf(to)]
  if (own === other || layerOf(own) !== CAPABILITY || layerOf(other) !== CAPABILITY) return []
  if (to === `${other}/${CONTRACT}`) return []
  return [`${SERVER}${from}: imports ${to}; another capability is reached through ${other}/${CONTRACT}`]
}

/** Folders that import each other, directly or round about; one line a circle. */
function circleFaults(imports: readonly Import[]): string[] {
  const folders = new Map<string, Set<string>>()
  for (const { from, to } of imports) {
    const [own, other] = [posix.dirname(from), posix.dirname(to)]
    if (own !== other) folders.set(own, (folders.get(own) ?? new Set()).add(other))
  }
  const told = new Set<string>()
  return [...folders.keys()].sort().flatMap((folder) => {
    const circle = told.has(folder) ? undefined : wayBack(folder, folders)
    if (circle === undefined) return []
    for (const each of circle) told.add(each)
    return [`${SERVER}${folder}: folders import each other in a circle: ${[...circle, folder].join(' -> ')}`]
  })
}

/** The shortest way from a folder back to itself. */
function wayBack(start: string, folders: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const ways: string[][] = [[start]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of folders.get(way.at(-1) as string) ?? []) {
      if (next === start) return way
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}
