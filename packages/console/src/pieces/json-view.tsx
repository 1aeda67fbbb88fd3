import { IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from './copy-button.tsx'
import css from './json-view.module.css'

const OPEN_DEPTH = 3
const SHOWN_ITEMS = 100

/** JSON as a tree of text: members open and close, each path can be copied. Never reads anything as HTML. */
export function JsonView({ value }: { value: unknown }) {
  return (
    <div className={css.tree}>
      <Branch name={undefined} value={value} path="" depth={0} />
    </div>
  )
}

/** JSON as it came, as text; shown as a tree when it can be read, else as it is. */
export function JsonText({ text }: { text: string }) {
  try {
    return <JsonView value={JSON.parse(text)} />
  } catch {
    return <pre className={css.raw}>{text}</pre>
  }
}

interface BranchProps {
  name: string | undefined
  value: unknown
  path: string
  depth: number
}

function Branch({ name, value, path, depth }: BranchProps) {
  const isHolder = typeof value === 'object' && value !== null
  if (!isHolder) return <Line name={name} path={path} value={value} said={<Leaf value={value} />} />
  return <Holder name={name} value={value} path={path} depth={depth} />
}

function Holder({ name, value, path, depth }: BranchProps & { value: object }) {
  const { t } = useTranslation('pieces')
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH)
  const [all, setAll] = useState(false)
  const isList = Array.isArray(value)
  const members = Object.entries(value)
  const shown = all ? members : members.slice(0, SHOWN_ITEMS)
  const [open, close] = isList ? '[]' : '{}'
  const short = members.length === 0 ? `${open}${close}` : `${open} ${members.length} ${close}`
  if (members.length === 0)
    return <Line name={name} path={path} value={value} said={<span className={css.mark}>{short}</span>} />
  const toggle = (
    <button type="button" className={css.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
      <IconChevronRight size={12} stroke={2} data-open={isOpen || undefined} aria-hidden />
      {name !== undefined && <span className={css.name}>{name}</span>}
      <span className={css.mark}>{isOpen ? open : short}</span>
    </button>
  )
  return (
    <div>
      <Line name={undefined} path={path} value={value} said={toggle} />
      {isOpen && (
        <div className={css.members}>
          {shown.map(([key, member]) => (
            <Branch
              key={key}
              name={key}
              value={member}
              path={isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`}
              depth={depth + 1}
            />
          ))}
          {shown.length < members.length && (
            <button type="button" className={css.toggle} onClick={() => setAll(true)}>
              {t('moreItems', { count: members.length - shown.length })}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function Line({
  name,
  path,
  value,
  said,
}: {
  name: string | undefined
  path: string
  value: unknown
  said: ReactNode
}) {
  const { t } = useTranslation('pieces')
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (
    <div className={css.line}>
      {name !== undefined && <span className={css.name}>{name}</span>}
      {said}
      <span className={css.copy}>
        <CopyButton text={text} />
        {path !== '' && <CopyButton text={path} name={t('copyPath', { path })} />}
      </span>
    </div>
  )
}

function Leaf({ value }: { value: unknown }) {
  const kind = value === null ? 'null' : typeof value
  return (
    <span className={css.value} data-kind={kind}>
      {JSON.stringify(value) ?? String(value)}
    </span>
  )
}
