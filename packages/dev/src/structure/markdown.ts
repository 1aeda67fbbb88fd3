import type { DocPage } from './source-tree.ts'

/** A line outside code blocks, with its number. */
export interface ProseLine {
  readonly line: number
  readonly text: string
}

/** Where code or the target of a link stood in a line of prose. */
const CUT = '\ufffc'
const FENCE = /^\s*```/
const HEADING = /^(#+) +(.*)$/

/** The lines outside code blocks; code within a line and targets of links are cut out. */
export function prose(page: DocPage): ProseLine[] {
  return outsideCode(page).map(({ line, text }) => ({
    line,
    text: withoutCode(text)
      .replaceAll(/\]\([^)]*\)/g, ']')
      .replaceAll(/https?:\/\/\S+/g, CUT),
  }))
}

/** The code blocks, without lines that are a comment: those may be in the language of the page. */
export function codeBlocks({ text }: DocPage): string[] {
  const blocks: string[][] = []
  let isCode = false
  for (const line of text.split('\n')) {
    if (FENCE.test(line)) {
      isCode = !isCode
      if (isCode) blocks.push([line])
    } else if (isCode && !/^\s*(#|\/\/) /.test(line)) blocks.at(-1)?.push(line)
  }
  return blocks.map((lines) => lines.join('\n'))
}

export interface Heading {
  readonly level: number
  readonly text: string
}

/** The headings, in order. */
export function headings(page: DocPage): Heading[] {
  return outsideCode(page).flatMap(({ text }) => {
    const [, marks, title] = HEADING.exec(text) ?? []
    return marks === undefined || title === undefined ? [] : [{ level: marks.length, text: title }]
  })
}

/** By what links name the headings of a page, as GitHub makes it. */
export function slugs(page: DocPage): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { text } of headings(page)) {
    const plain = text.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{Pc} -]/gu, '')
    const slug = plain.replaceAll(' ', '-')
    let own = slug
    for (let again = 1; found.has(own); again += 1) own = `${slug}-${again}`
    found.add(own)
  }
  return found
}

export interface Link {
  readonly line: number
  readonly target: string
}

/** The links and pictures of a page. */
export function links(page: DocPage): Link[] {
  return outsideCode(page).flatMap(({ line, text }) =>
    [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ line, target })),
  )
}

function outsideCode({ text }: DocPage): ProseLine[] {
  const lines: ProseLine[] = []
  let isCode = false
  for (const [index, line] of text.split('\n').entries()) {
    if (FENCE.test(line)) isCode = !isCode
    else if (!isCode) lines.push({ line: index + 1, text: line })
  }
  return lines
}

function withoutCode(text: string): string {
  return text.replaceAll(/`[^`]*`/g, CUT)
}
