import { describe, expect, test } from 'vitest'
import { insertFromFile, readInsertHead } from './insert-head.ts'

describe('what the file takes the place of', () => {
  test.each([
    ['INSERT INTO t FORMAT RowBinary', "INSERT INTO t FROM INFILE 'p' COMPRESSION 'none' FORMAT RowBinary"],
    [
      'insert into db.t (a, `b c`) FORMAT CSV',
      "insert into db.t (a, `b c`) FROM INFILE 'p' COMPRESSION 'none' FORMAT CSV",
    ],
    [
      "INSERT INTO TABLE t SETTINGS a = 'x', b = 1 FORMAT TSV;",
      "INSERT INTO TABLE t FROM INFILE 'p' COMPRESSION 'none' SETTINGS a = 'x', b = 1 FORMAT TSV",
    ],
    [
      'INSERT INTO `format` FORMAT Native\n',
      "INSERT INTO `format` FROM INFILE 'p' COMPRESSION 'none' FORMAT Native",
    ],
    [
      'INSERT INTO {t:Identifier} (* EXCEPT a) FORMAT TSV',
      "INSERT INTO {t:Identifier} (* EXCEPT a) FROM INFILE 'p' COMPRESSION 'none' FORMAT TSV",
    ],
  ])('%s', (sql, expected) => {
    const head = readInsertHead(sql)
    expect(head && insertFromFile(head, 'p')).toBe(expected)
    expect(head?.rows).toBe('')
  })
})

test('rows below the head are kept as they are', () => {
  expect(readInsertHead('INSERT INTO t FORMAT CSV \n"a\n\nFORMAT b\n"\n')?.rows).toBe('"a\n\nFORMAT b\n"\n')
})

test.each([
  "INSERT INTO t VALUES ('x FORMAT CSV\n')",
  'INSERT INTO t SELECT a FROM u FORMAT CSV',
  'SELECT 1 FORMAT CSV',
  'INSERT INTO FUNCTION file(x) FORMAT CSV',
])('no head: %s', (sql) => {
  expect(readInsertHead(sql)).toBeNull()
})
