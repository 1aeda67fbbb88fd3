import { Button, Checkbox, Popover } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconColumns3 } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './data-table.module.css'
import { ErrorState } from './error-state.tsx'
import { LoadingRows } from './loading-rows.tsx'
import { type Sort, sortedRows, TableHead } from './table-head.tsx'
import { TableRow } from './table-row.tsx'

/** One column; the first one names the row and holds its link. */
export interface Column<Row> {
  readonly key: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  /** In pixels, to begin with; columns without one share the rest. */
  readonly width?: number
  /** Aligned at the right. */
  readonly isNumber?: boolean
  /** Makes the head a button that sorts by it. */
  readonly sortBy?: (row: Row) => string | number | null
  /** Not shown until it is chosen. */
  readonly isOptional?: boolean
  /** Not shown on a phone, below 480 px. */
  readonly isWideOnly?: boolean
}

/** Boxes before the rows, by which some of them are chosen. */
export interface RowChoice<Row> {
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (keys: ReadonlySet<string>) => void
  /** Of one box: "Choose the delivery msg_1". */
  readonly label: (row: Row) => string
  /** Of the box in the head, which takes all rows that are shown. */
  readonly allLabel: string
}

interface DataTableProps<Row> {
  /** Names the table for screen readers. */
  label: string
  columns: ReadonlyArray<Column<Row>>
  rows: readonly Row[] | undefined
  rowKey: (row: Row) => string
  /** Where a row leads: the first cell becomes a link, and the whole row follows it. */
  href?: (row: Row) => string | undefined
  /** The key of the row that is open beside the table. */
  selected?: string | undefined
  /** Instead of the table when there are no rows. */
  empty: ReactNode
  error?: unknown
  onRetry?: () => unknown
  /** Reads on; absent at the end of the list. */
  onMore?: (() => unknown) | undefined
  isReadingMore?: boolean
  /** Rows of 28 px. */
  isCompact?: boolean
  /** Remembers which columns are shown under this name; without it, columns cannot be chosen. */
  keptAs?: string
  /** A class by which a row stands out, such as one that just came. */
  rowMark?: (row: Row) => string | undefined
  /** CSS height at most; the head stays in sight. */
  height?: string
  choice?: RowChoice<Row> | undefined
}

const VIRTUAL_FROM_ROWS = 200
const NO_KEYS: readonly string[] = []

/**
 * The main furniture: sticky head, sort, resize, choice of columns, arrows between rows; a real table at any length.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, error, onRetry, empty } = props
  if (rows === undefined && error !== undefined && error !== null)
    return <ErrorState error={error} onRetry={onRetry} />
  if (rows === undefined) return <LoadingRows />
  if (rows.length === 0) return empty
  return <Filled {...props} rows={rows} />
}

function Filled<Row>(props: DataTableProps<Row> & { rows: readonly Row[] }) {
  const { t } = useTranslation('pieces')
  const { columns, rows, keptAs, isCompact = false, rowKey, selected, href, rowMark, choice } = props
  const [chosen, setChosen] = useChosenColumns(columns, keptAs)
  const [sort, setSort] = useState<Sort | undefined>()
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({})
  const scroller = useRef<HTMLDivElement>(null)
  const shown = useMemo(() => columns.filter(({ key }) => chosen.includes(key)), [columns, chosen])
  const ordered = useMemo(() => sortedRows(rows, columns, sort), [rows, columns, sort])
  const rowHeight = isCompact ? 28 : 36
  const isVirtual = ordered.length >= VIRTUAL_FROM_ROWS
  const virtual = useVirtualizer({
    count: isVirtual ? ordered.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const seen = isVirtual ? virtual.getVirtualItems() : []
  const first = isVirtual ? (seen[0]?.index ?? 0) : 0
  const last = isVirtual ? (seen.at(-1)?.index ?? -1) + 1 : ordered.length
  return (
    <div className={css.frame}>
      {keptAs !== undefined && <ColumnChoice columns={columns} chosen={chosen} onChoose={setChosen} />}
      <div
        ref={scroller}
        className={css.scroller}
        style={props.height === undefined && !isVirtual ? undefined : { maxHeight: props.height ?? '70vh' }}
      >
        <table
          className={css.table}
          aria-label={props.label}
          aria-rowcount={ordered.length + 1}
          data-compact={isCompact || undefined}
          onKeyDown={hearRowKeys}
        >
          <TableHead
            columns={shown}
            sort={sort}
            onSort={setSort}
            widths={widths}
            onWidth={(key, width) => setWidths((before) => ({ ...before, [key]: width }))}
            keys={choice === undefined ? NO_KEYS : rows.map(rowKey)}
            choice={choice}
          />
          <tbody>
            {first > 0 && (
              <Spacer height={first * rowHeight} columns={shown.length + (choice === undefined ? 0 : 1)} />
            )}
            {ordered.slice(first, last).map((row, index) => (
              <TableRow
                key={rowKey(row)}
                row={row}
                number={first + index + 2}
                columns={shown}
                href={href?.(row)}
                isSelected={selected !== undefined && rowKey(row) === selected}
                mark={rowMark?.(row)}
                rowKey={rowKey(row)}
                choice={choice}
              />
            ))}
            {last < ordered.length && (
              <Spacer
                height={(ordered.length - last) * rowHeight}
                columns={shown.length + (choice === undefined ? 0 : 1)}
              />
            )}
          </tbody>
        </table>
      </div>
      {props.onMore !== undefined && (
        <div className={css.more}>
          <Button
            variant="subtle"
            size="xs"
            loading={props.isReadingMore ?? false}
            onClick={() => void props.onMore?.()}
          >
            {t('more')}
          </Button>
        </div>
      )}
    </div>
  )
}

// Rows out of sight keep their room, so that the scroll bar tells the truth.
function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden style={{ height }}>
      <td colSpan={columns} style={{ padding: 0, border: 0 }} />
    </tr>
  )
}

function useChosenColumns<Row>(columns: ReadonlyArray<Column<Row>>, keptAs: string | undefined) {
  const standard = columns.filter(({ isOptional }) => isOptional !== true).map(({ key }) => key)
  const [kept, setKept] = useLocalStorage<string[] | null>({
    key: `affluent-columns-${keptAs ?? 'none'}`,
    defaultValue: null,
  })
  const chosen = keptAs === undefined || kept === null ? standard : kept
  return [chosen, setKept] as const
}

function ColumnChoice<Row>({
  columns,
  chosen,
  onChoose,
}: {
  columns: ReadonlyArray<Column<Row>>
  chosen: readonly string[]
  onChoose: (keys: string[]) => void
}) {
  const { t } = useTranslation('pieces')
  const toggle = (key: string) =>
    onChoose(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key])
  return (
    <div className={css.choice}>
      <Popover position="bottom-end" withinPortal>
        <Popover.Target>
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            leftSection={<IconColumns3 size={14} stroke={1.5} />}
          >
            {t('columns')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <div className="stack" style={{ gap: 8 }}>
            {columns.map(({ key, head }, index) => (
              <Checkbox
                key={key}
                size="xs"
                label={head}
                checked={chosen.includes(key)}
                disabled={index === 0}
                onChange={() => toggle(key)}
              />
            ))}
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}

// Between the links of the rows: arrows, Home and End; Ctrl C copies the row where no text is selected.
function hearRowKeys(event: KeyboardEvent<HTMLTableElement>): void {
  if (!(event.target instanceof HTMLElement) || event.target.dataset.rowLink === undefined) return
  if (event.key === 'c' && (event.ctrlKey || event.metaKey)) return copyRow(event.target)
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')]
  const here = links.indexOf(event.target)
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key]
  const link = next === undefined ? undefined : links[next]
  if (link === undefined) return
  event.preventDefault()
  link.focus()
}

// As a spreadsheet takes it: cells apart by tabs.
function copyRow(link: HTMLElement): void {
  if (window.getSelection()?.isCollapsed === false) return
  const cells = [...(link.closest('tr')?.cells ?? [])].map((cell) => cell.innerText.trim())
  void navigator.clipboard?.writeText(cells.join('\t'))
}
