import ts from 'typescript'
import type { SourceFile, SourceTree } from './source-tree.ts'
import { lineOf, visit } from './syntax.ts'

interface PreparedStatement {
  readonly name: string
  readonly text: string
  readonly place: string
}

/**
 * PostgreSQL keeps a prepared statement under its name for as long as a connection lives: a second text under that name
 * is refused on every connection that has met the first. So one name stands for one text.
 */
export function statementFaults(tree: SourceTree): string[] {
  const first = new Map<string, PreparedStatement>()
  return tree.files
    .filter((file) => !file.isTest)
    .flatMap(preparedStatements)
    .flatMap((statement) => {
      const other = first.get(statement.name) ?? statement
      first.set(statement.name, other)
      if (other.text === statement.text) return []
      return [
        `${statement.place}: prepared statement ${statement.name} has another text in ${other.place}; rename one, or share the query`,
      ]
    })
}

/**
 * Object literals with `name` and `text`, as pg takes them; a name that is chosen by a condition stands for each of its
 * choices.
 */
function preparedStatements({ ast, path }: SourceFile): PreparedStatement[] {
  if (ast === undefined) return []
  const statements: PreparedStatement[] = []
  visit(ast, (node) => {
    if (!ts.isObjectLiteralExpression(node)) return
    const name = valueOf(node, 'name')
    const text = valueOf(node, 'text')
    if (name === undefined || text === undefined) return
    const place = `${path}:${lineOf(ast, node)}`
    for (const each of literalsIn(name))
      statements.push({
        name: each,
        text: ts.isStringLiteralLike(text) ? text.text : text.getText(ast),
        place,
      })
  })
  return statements
}

function valueOf(object: ts.ObjectLiteralExpression, key: string): ts.Expression | undefined {
  const property = object.properties.find((each) => each.name?.getText() === key)
  if (property === undefined) return undefined
  if (ts.isShorthandPropertyAssignment(property)) return property.name
  return ts.isPropertyAssignment(property) ? property.initializer : undefined
}

function literalsIn(expression: ts.Expression): string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text]
  if (!ts.isConditionalExpression(expression)) return []
  return [...literalsIn(expression.whenTrue), ...literalsIn(expression.whenFalse)]
}
