import ts from 'typescript'
import type { SourceFile, SourceTree } from './source-tree.ts'
import { isText, lineOf, visit } from './syntax.ts'

const SELECT_STAR = /\bselect\s+\*/i
const COMMENT_COLUMNS_MAX = 120
const ENVIRONMENT_FILE = 'packages/server/src/config.ts'

/** What stands inside the files: exports, SQL, the environment, notes to ourselves. */
export function textFaults(tree: SourceTree): string[] {
  const rules = [defaultExports, selectStars, environmentReads, bareTodos, barrels, wideComments]
  return tree.files.flatMap((file) =>
    rules.flatMap((rule) => rule(file)).map((fault) => `${file.path}${fault}`),
  )
}

function defaultExports(file: SourceFile): string[] {
  if (file.package === undefined || file.isConfig) return []
  return nodesOf(file, isDefaultExport).map((line) => `:${line}: default export; give it a name`)
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)
}

function selectStars(file: SourceFile): string[] {
  // a test may show what a statement must not look like
  if (file.isTest) return []
  const inSql = file.path.endsWith('.sql') && SELECT_STAR.test(file.text) ? [''] : []
  const inCode = nodesOf(file, (node) => isText(node) && SELECT_STAR.test(node.text)).map(
    (line) => `:${line}`,
  )
  return [...inSql, ...inCode].map((place) => `${place}: selects all columns by a star; name them`)
}

function environmentReads(file: SourceFile): string[] {
  const owner = file.package?.name
  if (owner === undefined || owner === 'dev') return []
  if (file.isTest || file.isConfig || file.path === ENVIRONMENT_FILE) return []
  return nodesOf(file, isEnvironment).map(
    (line) => `:${line}: reads process.env; only ${ENVIRONMENT_FILE} does`,
  )
}

function isEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'process.env'
  const fromProcess = ts.isBindingElement(node) && node.parent.parent.getText().endsWith('= process')
  return fromProcess && (node.propertyName ?? node.name).getText() === 'env'
}

function bareTodos(file: SourceFile): string[] {
  const { ast } = file
  if (ast === undefined) return []
  const notes = [...file.text.matchAll(/\b(TODO|FIXME)\b(?!\(#\d+\))/g)].filter((note) =>
    isComment(ast, note.index),
  )
  return notes.map((note) => {
    const line = ast.getLineAndCharacterOfPosition(note.index).line + 1
    return `:${line}: ${note[0]} without an issue; write ${note[0]}(#12), or do it`
  })
}

// No token covers a comment: the innermost node around it starts after it or is no leaf.
function isComment(ast: ts.SourceFile, position: number): boolean {
  let covered = false
  visit(ast, (node) => {
    const isLeaf = isText(node) || ts.isIdentifier(node) || ts.isRegularExpressionLiteral(node)
    if (isLeaf && node.getStart(ast) <= position && position < node.end) covered = true
  })
  return !covered
}

function wideComments({ ast, text }: SourceFile): string[] {
  if (ast === undefined) return []
  return text.split('\n').flatMap((line, index) => {
    const isWide = line.length > COMMENT_COLUMNS_MAX && /^\s*(\/\/|\/?\*)/.test(line)
    // what a tool reads cannot be broken
    if (!isWide || /biome-ignore|@ts-|https?:/.test(line)) return []
    return [`:${index + 1}: a comment of more than ${COMMENT_COLUMNS_MAX} columns; break it`]
  })
}

function barrels(file: SourceFile): string[] {
  if (file.ast === undefined || !/\/index\.tsx?$/.test(file.path)) return []
  const { statements } = file.ast
  const onlyPassesOn = statements.every((one) => ts.isExportDeclaration(one) || ts.isImportDeclaration(one))
  return onlyPassesOn ? [': a barrel that only exports again; import from the file that owns the name'] : []
}

function nodesOf(file: SourceFile, matches: (node: ts.Node) => boolean): number[] {
  const { ast } = file
  if (ast === undefined) return []
  const lines: number[] = []
  visit(ast, (node) => {
    if (matches(node)) lines.push(lineOf(ast, node))
  })
  return lines
}
