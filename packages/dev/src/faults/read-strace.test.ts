import { describe, expect, test } from 'vitest'
import { type FileCall, StraceReader } from './read-strace.ts'

describe('lines of strace', () => {
  test('a write at a place, a write at the end, a vector', () => {
    expect(read('7 pwrite64(31</d/wal/01>, ""..., 8192, 16384) = 8192')).toEqual([
      { kind: 'write', path: '/d/wal/01', at: 16384, bytes: 8192 },
    ])
    expect(read('7 write(5</d/a, b>, ""..., 61) = 61')).toEqual([
      { kind: 'write', path: '/d/a, b', at: undefined, bytes: 61 },
    ])
    expect(
      read('7 pwritev(5</d/a>, [{iov_base=""..., iov_len=8}, {iov_base=""..., iov_len=4}], 2, 100) = 12'),
    ).toEqual([{ kind: 'write', path: '/d/a', at: 100, bytes: 12 }])
  })

  test('sockets and failed calls are nothing', () => {
    expect(read('7 write(5<socket:[812]>, ""..., 61) = 61')).toEqual([])
    expect(read('7 write(5</d/a>, ""..., 61) = -1 ENOSPC (No space left on device)')).toEqual([])
    expect(read('7 fdatasync(5</d/a>) = -1 EIO (Input/output error)')).toEqual([
      { kind: 'sync', path: '/d/a', by: '7' },
    ])
  })

  test('names: made, moved, taken away, below a folder', () => {
    expect(read('7 openat(AT_FDCWD</d>, "a/b", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</d/a/b>')).toEqual([
      { kind: 'create', path: '/d/a/b', truncates: true },
    ])
    expect(read('7 openat(AT_FDCWD</d>, "/d/a", O_RDONLY) = 3</d/a>')).toEqual([])
    expect(read('7 rename("/d/tmp_1/", "/d/1/") = 0')).toEqual([
      { kind: 'rename', from: '/d/tmp_1', to: '/d/1' },
    ])
    expect(read('7 unlinkat(9</d>, "x", 0) = 0')).toEqual([{ kind: 'remove', path: '/d/x' }])
    expect(read('7 mkdir("/d/x", 0777) = -1 EEXIST (File exists)')).toEqual([])
  })

  test('a sync that another call interrupts begins at its first line and ends at its second', () => {
    const calls = read(
      '7 fdatasync(5</d/a> <unfinished ...>',
      '8 write(6</d/a>, ""..., 9) = 9',
      '7 <... fdatasync resumed>) = 0',
    )
    expect(calls).toEqual([
      { kind: 'sync', path: '/d/a', by: '7' },
      { kind: 'write', path: '/d/a', at: undefined, bytes: 9 },
      { kind: 'synced', by: '7' },
    ])
  })

  test('what was cut off: a write counts, a sync does not, a rename may have happened', () => {
    const reader = new StraceReader()
    expect(reader.read('7 pwrite64(5</d/a>, ""..., 8192, 0 <unfinished ...>')).toEqual([
      { kind: 'write', path: '/d/a', at: 0, bytes: 8192 },
    ])
    expect(reader.read('8 fdatasync(5</d/a> <unfinished ...>')).toEqual([
      { kind: 'sync', path: '/d/a', by: '8' },
    ])
    expect(reader.read('9 rename("/d/a", "/d/b" <unfinished ...>')).toEqual([])
    expect(reader.read('8 <... fdatasync resumed>) = ?')).toEqual([])
    expect(reader.finish()).toEqual([{ kind: 'rename', from: '/d/a', to: '/d/b' }])
  })
})

function read(...lines: string[]): FileCall[] {
  const reader = new StraceReader()
  return lines.flatMap((line) => reader.read(line))
}
