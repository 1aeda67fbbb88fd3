import { expect, test } from 'vitest'
import { DEFAULT_IDENTITY_RULES } from '../../identity/namespaces.ts'
import { parseCondition } from '../parse-condition.ts'
import { membersSql } from './members-sql.ts'

test('settings of a question go beside it, where they also hold for what is written around it', () => {
  const condition = parseCondition({ event: 'Bought', count: { op: 'gte', value: 2 } }, 'UTC')
  const question = { workspace: 1, position: 9, now: 0, zone: 'UTC', rules: DEFAULT_IDENTITY_RULES }
  const { query, settings } = membersSql(condition, question)
  expect(query).not.toMatch(/\bsettings\b/i)
  expect(settings).toMatchObject({ max_ast_elements: '1000000', max_expanded_ast_elements: '10000000' })
})
