import ts from 'typescript'
import { readSourceTree, type SourceFile } from './source-tree.ts'
import { lineOf, visit } from './syntax.ts'

/** A length and the place that has it. */
export interface Length {
  readonly lines: number
  readonly place: string
}

const SHOWN = 10

/** The longest files and functions, for the reviewer to look at first. No length is a fault. */
export function longest(repoRoot: string): { files: Length[]; functions: Length[] } {
  const sources = readSourceTree(repoRoot).files.filter((file) => file.ast !== undefined && !file.isTest)
  return { files: top(sources.map(lengthOfFile)), functions: top(sources.flatMap(lengthsOfFunctions)) }
}

function top(lengths: Length[]): Length[] {
  return lengths.sort((a, b) => b.lines - a.lines).slice(0, SHOWN)
}

function lengthOfFile(file: SourceFile): Length {
  return { lines: file.text.split('\n').length - 1, place: file.path }
}

function lengthsOfFunctions({ ast, path }: SourceFile): Length[] {
  if (ast === undefined) return []
  const lengths: Length[] = []
  visit(ast, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return
    const first = lineOf(ast, node)
    const last = ast.getLineAndCharacterOfPosition(node.end).line + 1
    lengths.push({ lines: last - first + 1, place: `${path}:${first} ${nameOf(node)}` })
  })
  return lengths
}

function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? ('name' in node.parent ? (node.parent.name as ts.Node | undefined) : undefined)
  return named === undefined ? '(unnamed)' : named.getText()
}
