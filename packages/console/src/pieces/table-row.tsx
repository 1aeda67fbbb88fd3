import { Checkbox } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { Anchor } from './anchor.tsx'
import css from './data-table.module.css'
import type { Column, RowChoice } from './data-table.tsx'

interface TableRowProps<Row> {
  row: Row
  /** Counted from 1, the head included. */
  number: number
  columns: ReadonlyArray<Column<Row>>
  href: string | undefined
  isSelected: boolean
  mark: string | undefined
  rowKey: string
  choice: RowChoice<Row> | undefined
}

/** One row. With an address the first cell is its link and a click anywhere else in the row follows it. */
export function TableRow<Row>(props: TableRowProps<Row>) {
  const { row, number, columns, href, isSelected, mark, rowKey, choice } = props
  const router = useRouter()
  const follow = (event: MouseEvent<HTMLTableRowElement>) => {
    const target = event.target as HTMLElement
    if (href === undefined || target.closest('a, button, input, label') !== null) return
    // Whoever selects text to copy it does not want to leave.
    if (window.getSelection()?.isCollapsed === false) return
    // A panel that opens beside the table gives the focus back to the row.
    event.currentTarget.querySelector<HTMLElement>('[data-row-link]')?.focus({ preventScroll: true })
    router.history.push(href)
  }
  return (
    <tr
      aria-rowindex={number}
      aria-selected={isSelected || undefined}
      className={mark}
      data-link={href !== undefined || undefined}
      onClick={follow}
    >
      {choice !== undefined && (
        <td className={css.box}>
          <Checkbox
            size="xs"
            aria-label={choice.label(row)}
            checked={choice.chosen.has(rowKey)}
            onChange={(event) => choice.onChoose(withKey(choice.chosen, rowKey, event.currentTarget.checked))}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <td
          key={column.key}
          data-number={column.isNumber || undefined}
          data-wide-only={column.isWideOnly || undefined}
        >
          {index === 0 && href !== undefined ? (
            <Anchor href={href} className={css.link} data-row-link="">
              {column.cell(row)}
            </Anchor>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  )
}

function withKey(keys: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(keys)
  if (isIn) next.add(key)
  else next.delete(key)
  return next
}
