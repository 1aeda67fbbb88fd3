import { posix } from 'node:path'
import { codeBlocks, headings, links, prose, slugs } from './markdown.ts'
import type { DocPage, SourceTree } from './source-tree.ts'

const FRENCH = 'docs/fr/'

/**
 * Pages for those who write code or run a server: they stay in English. Every other page of docs/ is in both languages.
 */
export const ENGLISH_ONLY: readonly string[] = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'GLOSSARY.md',
  'README.md',
  'docs/api-basics.md',
  'docs/api.md',
  'docs/benchmark.md',
  'docs/collect.md',
  'docs/faults.md',
  'docs/keys.md',
  'docs/limits.md',
  'docs/operate.md',
  'docs/settings.md',
]
/** Decisions are written down for those who write code. */
const ENGLISH_FOLDERS = ['docs/adr/']

/**
 * What is wrong with the pages: one without the other language, twins that say different things, links to nowhere,
 * French spaces.
 */
export function docFaults(tree: SourceTree): string[] {
  const pages = new Map(tree.pages.map((page) => [page.path, page]))
  return tree.pages.flatMap((page) => [
    ...twinFaults(page, pages),
    ...linkFaults(page, pages, tree.exists),
    ...(page.path.startsWith(FRENCH) ? frenchFaults(page) : []),
  ])
}

type Pages = ReadonlyMap<string, DocPage>

function twinFaults(page: DocPage, pages: Pages): string[] {
  const { path } = page
  const twin = twinOf(path)
  if (twin === undefined)
    return pages.has(frenchOf(path)) ? [`${path}: in English only by the list, and has a French page`] : []
  const other = pages.get(twin)
  if (other === undefined) return [`${path}: has no twin ${twin}; write it in both languages`]
  const way = posix.relative(posix.dirname(path), twin)
  const faults = links(page).some(({ target }) => target === way)
    ? []
    : [`${path}: does not lead to its twin ${way}`]
  // what both are compared by is said once
  if (path.startsWith(FRENCH)) return faults
  if (String(headings(page).map(({ level }) => level)) !== String(headings(other).map(({ level }) => level)))
    faults.push(`${path}: other headings than ${twin}`)
  if (JSON.stringify(codeBlocks(page)) !== JSON.stringify(codeBlocks(other)))
    faults.push(`${path}: other code than ${twin}`)
  return faults
}

function frenchOf(path: string): string {
  return path.replace(/^(docs\/)?/, FRENCH)
}

/** The path of a page in the other language; undefined: it stays in English. */
function twinOf(path: string): string | undefined {
  if (path.startsWith(FRENCH)) return path.replace(FRENCH, 'docs/')
  if (ENGLISH_ONLY.includes(path) || ENGLISH_FOLDERS.some((folder) => path.startsWith(folder)))
    return undefined
  return frenchOf(path)
}

function linkFaults(page: DocPage, pages: Pages, exists: (path: string) => boolean): string[] {
  const { path } = page
  return links(page).flatMap(({ line, target }) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = '', anchor] = target.split('#')
    const to = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file))
    const other = pages.get(to)
    if (other === undefined)
      return exists(to) ? [] : [`${path}:${line}: leads to ${target}, which is not there`]
    if (anchor !== undefined && !slugs(other).has(anchor))
      return [`${path}:${line}: leads to ${target}; ${to} has no such heading`]
    const french = frenchOf(to)
    const leavesFrench = path.startsWith(FRENCH) && !to.startsWith(FRENCH) && pages.has(french)
    return leavesFrench && french !== path
      ? [`${path}:${line}: leads to ${target} in English; ${french} is there`]
      : []
  })
}

/**
 * In French a narrow no-break space (U+202F) stands before : ; ! ? % and inside guillemets, and the apostrophe is ’.
 */
const SPACING =
  /[ \u00a0](?:[;!?»%]|:(?=\s|$))|«(?!\u202f)|(?<!\u202f)»|[\p{L}\p{N}»)*\ufffc](?:[;!?]|:(?=[\s*]|$))(?=[\s*|]|$)|\p{L}'[\p{L}\ufffc*]/u

function frenchFaults(page: DocPage): string[] {
  return prose(page).flatMap(({ line, text }) => {
    const fault = SPACING.exec(text)
    if (fault === null) return []
    const around = text.slice(Math.max(0, fault.index - 15), fault.index + 15)
    return [`${page.path}:${line}: French needs U+202F before : ; ! ? % and inside « », and ’: "${around}"`]
  })
}
