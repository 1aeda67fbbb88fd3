import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const CONSOLE = fileURLToPath(new URL('../../../console/src', import.meta.url))
const FIELDS = new Set(['TextInput', 'PasswordInput', 'Textarea', 'Select', 'NativeSelect', 'NumberInput'])
/** Fields that everybody knows, parts of a field that has its help, and an editor that says below what is wrong. */
const WITHOUT = new Set([
  ...['rooms/sign-in/sign-in-room.tsx', 'rooms/sign-in/password-reset-room.tsx', 'app/password-again.tsx'],
  ...['rooms/settings/password-settings.tsx', 'pieces/confirm-dialog.tsx', 'conditions/value-field.tsx'],
  ...['rooms/destinations/replay-dialog.tsx', 'rooms/live/json-editor.tsx'],
])

test('each field of the console with a label has its help beside it', () => {
  const files = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.tsx'),
  )
  const bare = files.flatMap((file) => fieldsWithoutHelp(join(CONSOLE, file)))
  expect(bare.filter((place) => !WITHOUT.has(place.split(':')[0] ?? ''))).toEqual([])
})

/** Places of fields that have a label and no description. */
function fieldsWithoutHelp(path: string): string[] {
  const ast = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isJsxSelfClosingElement(node) && FIELDS.has(node.tagName.getText())) {
      const names = node.attributes.properties.flatMap((property) =>
        ts.isJsxAttribute(property) ? property.name.getText() : [],
      )
      const { line } = ast.getLineAndCharacterOfPosition(node.getStart())
      if (names.includes('label') && !names.includes('description'))
        found.push(`${relative(CONSOLE, path)}:${line + 1} ${node.tagName.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(ast)
  return found
}
