import { Checkbox } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import css from './data-table.module.css'
import type { Column, RowChoice } from './data-table.tsx'

/** The column by which rows stand in order. */
export interface Sort {
  readonly key: string
  readonly isDescending: boolean
}

interface TableHeadProps<Row> {
  columns: ReadonlyArray<Column<Row>>
  sort: Sort | undefined
  onSort: (sort: Sort | undefined) => void
  widths: Readonly<Record<string, number>>
  onWidth: (key: string, width: number) => void
  /** Of all rows, when some can be chosen. */
  keys: readonly string[]
  choice: RowChoice<Row> | undefined
}

const WIDTH_MIN = 56
const WIDTH_STEP = 16
const WIDTH_MAX = 960
// Said of a column that shares what is left.
const WIDTH_UNSET = 200

/**
 * The heads: a click sorts up, down and not at all. The edge at the right changes the width; by keyboard, Shift with an
 * arrow does while the head has the focus, so that the edges are no stops on the way to the rows.
 */
export function TableHead<Row>({
  columns,
  sort,
  onSort,
  widths,
  onWidth,
  keys,
  choice,
}: TableHeadProps<Row>) {
  const chosen = keys.filter((key) => choice?.chosen.has(key)).length
  const areAll = chosen > 0 && chosen === keys.length
  return (
    <thead>
      <tr aria-rowindex={1}>
        {choice !== undefined && (
          <th scope="col" className={css.box}>
            <Checkbox
              size="xs"
              aria-label={choice.allLabel}
              checked={areAll}
              indeterminate={chosen > 0 && !areAll}
              onChange={() => choice.onChoose(new Set(areAll ? [] : keys))}
            />
          </th>
        )}
        {columns.map((column) => {
          const width = widths[column.key] ?? column.width
          const isSorted = sort?.key === column.key
          const resize = (pixels: number) => onWidth(column.key, within(pixels))
          return (
            <th
              key={column.key}
              scope="col"
              data-number={column.isNumber || undefined}
              data-wide-only={column.isWideOnly || undefined}
              aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
              style={width === undefined ? undefined : { width, minWidth: width, maxWidth: width }}
              onKeyDown={(event) => resizeByKeys(event, resize)}
            >
              {column.sortBy === undefined ? column.head : <SortButton {...{ column, sort, onSort }} />}
              <Edge column={column} width={width} onWidth={resize} />
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function SortButton<Row>({
  column,
  sort,
  onSort,
}: { column: Column<Row> } & Pick<TableHeadProps<Row>, 'sort' | 'onSort'>) {
  const { t } = useTranslation('pieces')
  const isSorted = sort?.key === column.key
  const next = !isSorted
    ? { key: column.key, isDescending: column.isNumber === true }
    : sort.isDescending === (column.isNumber === true)
      ? { key: column.key, isDescending: !sort.isDescending }
      : undefined
  const Arrow = isSorted && sort.isDescending ? IconArrowDown : IconArrowUp
  return (
    <button
      type="button"
      className={css.sort}
      title={t('sort', { column: column.head })}
      aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
      onClick={() => onSort(next)}
    >
      {column.head}
      {isSorted && <Arrow size={12} stroke={2} aria-hidden />}
    </button>
  )
}

interface EdgeProps<Row> {
  column: Column<Row>
  width: number | undefined
  onWidth: (pixels: number) => void
}

function Edge<Row>({ column, width, onWidth }: EdgeProps<Row>) {
  const { t } = useTranslation('pieces')
  const edge = useRef<HTMLSpanElement>(null)
  const widthNow = () => edge.current?.parentElement?.getBoundingClientRect().width ?? WIDTH_MIN
  const drag = (down: PointerEvent) => {
    down.preventDefault()
    const [from, before] = [down.clientX, widthNow()]
    const move = (event: globalThis.PointerEvent) => onWidth(before + event.clientX - from)
    const stop = () => window.removeEventListener('pointermove', move)
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', stop, { once: true })
  }
  return (
    <span
      ref={edge}
      role="separator"
      aria-orientation="vertical"
      aria-label={t('resize', { column: column.head })}
      aria-valuenow={Math.round(width ?? WIDTH_UNSET)}
      aria-valuemin={WIDTH_MIN}
      aria-valuemax={WIDTH_MAX}
      tabIndex={-1}
      className={css.edge}
      onPointerDown={drag}
    />
  )
}

function resizeByKeys(event: KeyboardEvent<HTMLTableCellElement>, onWidth: (pixels: number) => void): void {
  const sign = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  if (sign === undefined || !event.shiftKey) return
  event.preventDefault()
  onWidth(event.currentTarget.getBoundingClientRect().width + sign * WIDTH_STEP)
}

function within(pixels: number): number {
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, pixels))
}

/** Rows in the order of a column; rows without a value stand last in either direction. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
  sort: Sort | undefined,
): readonly Row[] {
  const by = columns.find(({ key }) => key === sort?.key)?.sortBy
  if (by === undefined || sort === undefined) return rows
  const sign = sort.isDescending ? -1 : 1
  return rows.toSorted((a, b) => compare(by(a), by(b), sign))
}

function compare(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  return sign * String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: 'base' })
}
