/** A CPU profile as V8 writes it; only what is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
    }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Time of one function, in milliseconds. */
export interface FunctionTime {
  readonly name: string
  readonly ms: number
  /** of the whole profile */
  readonly share: number
}

/** The functions that most time was spent in themselves. */
export function topBySelf(profile: CpuProfile, count: number): FunctionTime[] {
  const times = new Map<string, number>()
  const self = selfTimes(profile)
  for (const node of profile.nodes) {
    const name = nameOf(node.callFrame)
    times.set(name, (times.get(name) ?? 0) + (self.get(node.id) ?? 0))
  }
  return top(times, totalOf(self), count)
}

/**
 * The functions of our own that most time was spent in, with all that they called; a function inside itself counts
 * once.
 */
export function topByTotal(
  profile: CpuProfile,
  count: number,
  isOurs: (url: string) => boolean,
): FunctionTime[] {
  const times = new Map<string, number>()
  const self = selfTimes(profile)
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const walk = (id: number, above: ReadonlySet<string>): number => {
    const node = nodes.get(id)
    if (node === undefined) return 0
    const name = nameOf(node.callFrame)
    const isCounted = isOurs(node.callFrame.url) && !above.has(name)
    const inside = isCounted ? new Set([...above, name]) : above
    let ms = self.get(id) ?? 0
    for (const child of node.children ?? []) ms += walk(child, inside)
    if (isCounted) times.set(name, (times.get(name) ?? 0) + ms)
    return ms
  }
  const root = profile.nodes[0]
  if (root !== undefined) walk(root.id, new Set())
  return top(times, totalOf(self), count)
}

/**
 * Time by room: what a function spends counts for its own room, or, where it is a library's or the engine's, for the
 * nearest room that has called it.
 * @param roomOf the room of a file; undefined: it is nobody's
 */
export function topByRoom(
  profile: CpuProfile,
  count: number,
  roomOf: (url: string) => string | undefined,
): FunctionTime[] {
  const times = new Map<string, number>()
  const self = selfTimes(profile)
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const walk = (id: number, above: string): void => {
    const node = nodes.get(id)
    if (node === undefined) return
    const { functionName, url } = node.callFrame
    const room = roomOf(url) ?? (above === NOBODY && url === '' ? nameless(functionName) : above)
    times.set(room, (times.get(room) ?? 0) + (self.get(id) ?? 0))
    for (const child of node.children ?? []) walk(child, room)
  }
  const root = profile.nodes[0]
  if (root !== undefined) walk(root.id, NOBODY)
  return top(times, totalOf(self), count)
}

const NOBODY = 'node and libraries, called by nobody of ours'

/** The engine's own states stand by themselves. */
function nameless(functionName: string): string {
  return ['(idle)', '(garbage collector)', '(program)'].includes(functionName) ? functionName : NOBODY
}

function selfTimes({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>()
  for (const [index, id] of samples.entries())
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0) / 1_000)
  return times
}

function totalOf(times: ReadonlyMap<number, number>): number {
  return [...times.values()].reduce((sum, ms) => sum + ms, 0)
}

function top(times: ReadonlyMap<string, number>, total: number, count: number): FunctionTime[] {
  return [...times]
    .map(([name, ms]) => ({ name, ms, share: total === 0 ? 0 : ms / total }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count)
}

/** `name file:line`, the file without what is the same for all. */
function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(packages|node_modules)\//, (_, kind) => {
    return kind === 'packages' ? '' : 'npm:'
  })
  return `${name} ${file.replace('/dist/', '/')}:${lineNumber + 1}`
}
