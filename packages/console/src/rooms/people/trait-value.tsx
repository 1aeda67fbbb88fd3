import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { JsonView } from '../../pieces/json-view.tsx'
import { plainTextOf } from '../../pieces/plain-text-of.ts'
import css from './traits-card.module.css'

const SHORT_CHARS = 120

/** A value as text; a long one is cut and can be seen whole, a list or object opens as a tree. */
export function TraitValue({ value, name }: { value: unknown; name: string }) {
  const { t } = useTranslation('people')
  const [isOpen, setOpen] = useState(false)
  if (value === null || value === undefined) return <span className="quiet">–</span>
  if (typeof value === 'boolean') return t(value ? 'traits.yes' : 'traits.no')
  if (typeof value === 'number') return <span className="tabular">{String(value)}</span>
  const isTree = typeof value === 'object'
  const text = isTree ? JSON.stringify(value) : String(value)
  if (text === '') return <span className="quiet">{t('traits.emptyText')}</span>
  const isLong = text.length > SHORT_CHARS || isTree
  return (
    <>
      {isOpen && isTree ? (
        <JsonView value={value} />
      ) : (
        <span className={isOpen ? css.value : `${css.value} ${css.short}`}>
          {plainTextOf(isOpen ? text : text.slice(0, SHORT_CHARS * 3))}
        </span>
      )}
      {isLong && (
        <button type="button" className={css.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'traits.less' : 'traits.whole')}
          <span className="unseen"> {plainTextOf(name)}</span>
        </button>
      )}
    </>
  )
}
