import ts from 'typescript'
import type { SourceFile, SourceTree } from './source-tree.ts'
import { lineOf, visit } from './syntax.ts'

const PURE_PACKAGES = ['protocol', 'core']
const IMPURE_GLOBALS = new Set([
  ...['process', 'performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'console'],
  ...['Buffer', 'require', 'global', 'globalThis', '__dirname', '__filename'],
  ...['window', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage'],
])
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random'])

/** protocol and core run anywhere: no Node, DOM, clock, random or environment. Their tests may use Node. */
export function purityFaults(tree: SourceTree): string[] {
  return tree.files.filter(isPure).flatMap((file) => impuritiesOf(file))
}

function isPure(file: SourceFile): boolean {
  return file.package !== undefined && PURE_PACKAGES.includes(file.package.name) && !file.isTest
}

function impuritiesOf(file: SourceFile): string[] {
  const { ast } = file
  if (ast === undefined) return []
  const faults: string[] = []
  const declared = declaredNames(ast)
  visit(ast, (node) => {
    const impurity = impurityOf(node, declared)
    if (impurity === undefined) return
    faults.push(`${file.path}:${lineOf(ast, node)}: ${impurity}; ${file.package?.name} is pure, hand it in`)
  })
  return faults
}

function impurityOf(node: ts.Node, declared: ReadonlySet<string>): string | undefined {
  if (ts.isStringLiteral(node) && node.text.startsWith('node:') && isModuleName(node))
    return `imports ${node.text}`
  if (ts.isPropertyAccessExpression(node) && IMPURE_MEMBERS.has(node.getText()))
    return `uses ${node.getText()}`
  if (isClockRead(node)) return 'reads the clock by Date'
  if (!ts.isIdentifier(node) || !IMPURE_GLOBALS.has(node.text) || declared.has(node.text)) return undefined
  return isMemberName(node) ? undefined : `uses ${node.text}`
}

function isModuleName(node: ts.StringLiteral): boolean {
  return (
    ts.isImportDeclaration(node.parent) ||
    ts.isExportDeclaration(node.parent) ||
    ts.isCallExpression(node.parent)
  )
}

// `new Date(ms)` converts; `new Date()` and `Date()` ask the clock.
function isClockRead(node: ts.Node): boolean {
  const isDate =
    (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date'
  return isDate && (ts.isCallExpression(node) || (node.arguments?.length ?? 0) === 0)
}

// `x.document`, `{ document: 1 }` and the members of a type are only names.
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) return getName(parent) === node
  if (ts.isShorthandPropertyAssignment(parent)) return false
  return ts.isPropertyName(node) && 'name' in parent && parent.name === node
}

function getName(parent: ts.PropertyAccessExpression | ts.QualifiedName): ts.Node {
  return ts.isQualifiedName(parent) ? parent.right : parent.name
}

// A parameter or variable called `document` is not the browser's.
function declaredNames(ast: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  visit(ast, (node) => {
    const declares = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)
    const named = declares || ts.isFunctionDeclaration(node) || ts.isImportSpecifier(node)
    if (named && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text)
  })
  return names
}
