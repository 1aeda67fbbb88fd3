/** One file operation of a traced run, in the order in which strace saw it. */
export type FileCall =
  | { readonly kind: 'create'; readonly path: string; readonly truncates: boolean }
  | { readonly kind: 'write'; readonly path: string; readonly at: number | undefined; readonly bytes: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  /** a sync begins; it covers what was written before */
  | { readonly kind: 'sync'; readonly path: string; readonly by: string }
  /** it has ended well */
  | { readonly kind: 'synced'; readonly by: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string }

/** System calls that change files or make them durable: what must be traced. */
export const TRACED =
  'openat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir'

interface Call {
  readonly pid: string
  readonly name: string
  readonly args: readonly string[]
  /** undefined: it had not ended when the process was killed */
  readonly result: number | undefined
}

const LINE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/
const UNFINISHED = /^(\d+) +(\w+)\((.*?),? *<unfinished \.\.\.>$/
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/

/**
 * Reads what `strace -f -y -s 0 -o FILE` wrote, line by line. A write counts from the moment it begins, and also when
 * it never ended: it may have reached the file. A change of names counts when it has ended, or at the very end of the
 * trace. A sync counts only once it has ended well.
 */
export class StraceReader {
  readonly #begun = new Map<string, { name: string; text: string }>()

  /** The operations that a line tells of. */
  read(line: string): FileCall[] {
    const whole = LINE.exec(line)
    if (whole !== null) {
      const [, pid = '', name = '', text = '', result = ''] = whole
      return callsOf({ pid, name, args: splitArguments(text), result: toResult(result) }, 'whole')
    }
    const begun = UNFINISHED.exec(line)
    if (begun !== null) {
      const [, pid = '', name = '', text = ''] = begun
      this.#begun.set(pid, { name, text })
      return callsOf({ pid, name, args: splitArguments(text), result: undefined }, 'begin')
    }
    const resumed = RESUMED.exec(line)
    if (resumed === null) return []
    const [, pid = '', name = '', rest = '', result = ''] = resumed
    const first = this.#begun.get(pid)
    this.#begun.delete(pid)
    if (first === undefined || first.name !== name) return []
    const args = splitArguments(`${first.text}${rest === '' ? '' : `, ${rest.replace(/^, /, '')}`}`)
    return callsOf({ pid, name, args, result: toResult(result) }, 'end')
  }

  /** After the last line: changes of names that had begun, and may have happened. */
  finish(): FileCall[] {
    const left = [...this.#begun].map(([pid, { name, text }]) => ({ pid, name, args: splitArguments(text) }))
    return left.flatMap((call) => names({ ...call, result: undefined }))
  }
}

type Moment = 'whole' | 'begin' | 'end'

function callsOf(call: Call, moment: Moment): FileCall[] {
  const { name, args, result, pid } = call
  if (name.startsWith('pwrite') || name === 'write' || name === 'writev') return writes(call, moment)
  if (name === 'fsync' || name === 'fdatasync') {
    const path = pathOfFd(args[0])
    if (path === undefined) return []
    const begin: FileCall[] = moment === 'end' ? [] : [{ kind: 'sync', path, by: pid }]
    const end: FileCall[] = moment !== 'begin' && result === 0 ? [{ kind: 'synced', by: pid }] : []
    return [...begin, ...end]
  }
  if (moment === 'end' || (moment === 'whole' && (result === undefined || result >= 0))) return names(call)
  return []
}

/**
 * At the beginning, so that a later sync does not cover what was written meanwhile; at the end nothing new is known.
 */
function writes({ name, args, result }: Call, moment: Moment): FileCall[] {
  const path = pathOfFd(args[0])
  if (path === undefined || moment === 'end' || (result !== undefined && result < 0)) return []
  const isVector = name.includes('v')
  const bytes = result ?? (isVector ? vectorBytes(args[1]) : Number(args[2] ?? 0))
  const at = name.startsWith('pwrite') ? Number(args[3] ?? 0) : undefined
  return [{ kind: 'write', path, at, bytes }]
}

function names({ name, args, result }: Call): FileCall[] {
  if (result !== undefined && result < 0) return []
  switch (name) {
    case 'openat': {
      const flags = args[2] ?? ''
      const path = pathOf(args[0], args[1])
      const makes = /O_CREAT/.test(flags)
      const truncates = /O_TRUNC/.test(flags)
      return path !== undefined && (makes || truncates) ? [{ kind: 'create', path, truncates }] : []
    }
    case 'ftruncate': {
      const path = pathOfFd(args[0])
      return path === undefined ? [] : [{ kind: 'truncate', path, size: Number(args[1]) }]
    }
    case 'rename':
      return pair('rename', pathOf(undefined, args[0]), pathOf(undefined, args[1]))
    case 'renameat':
    case 'renameat2':
      return pair('rename', pathOf(args[0], args[1]), pathOf(args[2], args[3]))
    case 'link':
      return pair('link', pathOf(undefined, args[0]), pathOf(undefined, args[1]))
    case 'linkat':
      return pair('link', pathOf(args[0], args[1]), pathOf(args[2], args[3]))
    case 'mkdir':
      return one('mkdir', pathOf(undefined, args[0]))
    case 'mkdirat':
      return one('mkdir', pathOf(args[0], args[1]))
    case 'unlink':
    case 'rmdir':
      return one('remove', pathOf(undefined, args[0]))
    case 'unlinkat':
      return one('remove', pathOf(args[0], args[1]))
    default:
      return []
  }
}

function pair(kind: 'rename' | 'link', from: string | undefined, to: string | undefined): FileCall[] {
  return from === undefined || to === undefined ? [] : [{ kind, from, to }]
}

function one(kind: 'mkdir' | 'remove', path: string | undefined): FileCall[] {
  return path === undefined ? [] : [{ kind, path }]
}

/** `31</data/file>` names a file; sockets and pipes are no paths. */
function pathOfFd(argument: string | undefined): string | undefined {
  const path = /^-?\w+<(\/.*)>$/.exec(argument ?? '')?.[1]
  return path?.replace(/ ?\(deleted\)$/, '')
}

/** A quoted name, below the folder of a descriptor when it is relative. Names that end in a slash are folders. */
function pathOf(folder: string | undefined, quoted: string | undefined): string | undefined {
  const name = /^"(.*)"$/.exec(quoted ?? '')?.[1]?.replace(/(.)\/+$/, '$1')
  if (name === undefined || name.startsWith('/')) return name
  const base = folder === undefined ? undefined : pathOfFd(folder)
  return base === undefined ? undefined : `${base}/${name}`
}

function vectorBytes(argument: string | undefined): number {
  let bytes = 0
  for (const [, length] of (argument ?? '').matchAll(/iov_len=(\d+)/g)) bytes += Number(length)
  return bytes
}

function toResult(text: string): number | undefined {
  return text === '?' ? undefined : Number(text)
}

/** Splits at commas that stand outside of quotes, brackets and the `<...>` of descriptors. */
function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quoted) {
      if (character === '\\') at++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '[' || character === '{' || character === '<') depth++
    else if (character === ']' || character === '}' || (character === '>' && depth > 0)) depth--
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}
