import { expect, test } from 'vitest'
import { isRead, isStreamable } from './statement-shape.ts'

test.each([
  ['SELECT 1', true],
  ['/* why */ -- x\n (select 1) union all (select 2)', true],
  ['WITH 1 AS x SELECT x', true],
  ['SHOW TABLES', true],
  ['INSERT INTO t SELECT 1', false],
  ['ALTER TABLE t DELETE WHERE 1', false],
  ['selection', false],
])('reads: %s', (sql, expected) => {
  expect(isRead(sql)).toBe(expected)
})

test.each([
  ['SELECT a FROM t \nFORMAT JSONEachRow', 'TabSeparated', true],
  ['SELECT a FROM t', 'TabSeparated', true],
  ['SELECT a FROM t FORMAT JSON', 'TabSeparated', false],
  ['SELECT a FROM t', 'JSON', false],
  ['SELECT (SELECT max(a) FROM t) FORMAT JSONEachRow', 'TabSeparated', false],
  ['WITH x AS (SELECT 1) SELECT * FROM x FORMAT JSONEachRow', 'TabSeparated', false],
  ['SELECT 1 FORMAT JSON -- FORMAT JSONEachRow', 'TabSeparated', false],
  ['SELECT 1 FORMAT JSON SETTINGS max_threads = 1', 'TabSeparated', false],
  ['SELECT format FROM t FORMAT CSV', 'TabSeparated', false],
])('streams: %s as %s', (sql, format, expected) => {
  expect(isStreamable(sql, format)).toBe(expected)
})
