import ts from 'typescript'
import type { SourceFile, SourceTree } from './source-tree.ts'
import { lineOf, visit } from './syntax.ts'

/** Who owns a slice of a person's state: only files below these folders read its fields; others ask its functions. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  identity: ['packages/core/src/identity/', 'packages/server/src/identity/'],
  traits: ['packages/core/src/profile/', 'packages/server/src/profiles/'],
  series: ['packages/core/src/series/'],
  memberships: ['packages/core/src/audience/'],
}

/** No code reads a slice that is not its own: `state.SLICE.field` stands in the folder of the owner. */
export function sliceFaults(tree: SourceTree): string[] {
  return tree.files.filter(isShipped).flatMap(foreignReadsIn)
}

function isShipped({ path, isTest }: SourceFile): boolean {
  return !isTest && /^packages\/(core|server)\/src\//.test(path)
}

function foreignReadsIn({ ast, path }: SourceFile): string[] {
  if (ast === undefined) return []
  const faults: string[] = []
  visit(ast, (node) => {
    const slice = sliceReadBy(node)
    const owners = slice === undefined ? undefined : OWNERS[slice]
    if (owners === undefined || owners.some((folder) => path.startsWith(folder))) return
    faults.push(
      `${path}:${lineOf(ast, node)}: reads ${node.getText(ast)}; ask a function of the owner of "${slice}"`,
    )
  })
  return faults
}

/** The slice of `state.SLICE.field`; undefined: the node is no such read. */
function sliceReadBy(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined
  const { expression, name } = node.expression
  const state = ts.isIdentifier(expression) ? expression.text : nameOf(expression)
  return state === 'state' ? name.text : undefined
}

function nameOf(expression: ts.Expression): string | undefined {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined
}
