import { IconAlertTriangle, IconPencilExclamation } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSay } from '../../app/use-say.ts'
import { ServerSaid } from '../../pieces/server-said.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import css from './builder.module.css'
import type { BuilderEdit } from './builder-edit.ts'
import { ConditionWarnings } from './condition-warnings.tsx'
import { formOf, type LeafNode } from './leaves/leaf-forms.ts'
import { NodeActions } from './node-actions.tsx'

/** A menu gives the focus back to its button first; whoever wants it elsewhere waits so long, in milliseconds. */
export const AFTER_MENU_MS = 60

interface LeafEditorProps {
  leaf: LeafNode
  number: string
  edit: BuilderEdit
  isFirst: boolean
  isLast: boolean
}

/** One condition: its fields in the order of a sentence, what is missing in it, and what the server says of it. */
export function LeafEditor({ leaf, number, edit, isFirst, isLast }: LeafEditorProps) {
  const { t } = useTranslation('audiences')
  const card = useRef<HTMLDivElement>(null)
  const isAdded = edit.added === leaf.id
  useEffect(() => {
    if (!isAdded) return
    const focus = () => {
      const inputs = card.current
      const first = inputs?.querySelector<HTMLElement>('input[data-first]') ?? inputs?.querySelector('input')
      first?.focus()
    }
    const timer = setTimeout(focus, AFTER_MENU_MS)
    return () => clearTimeout(timer)
  }, [isAdded])
  const { icon: Sign, name } = formOf(leaf)
  const say = useSay()
  const sayError = useErrorWords()
  const fault = edit.faults.get(leaf.id)
  return (
    <div
      ref={card}
      className={css.leaf}
      role="group"
      aria-label={`${t('builder.condition', { number })}, ${say(name)}`}
      data-faulty={fault !== undefined || undefined}
    >
      <div className={css.leafLine}>
        <span className={css.leafKind}>
          <Sign size={18} stroke={1.5} aria-hidden />
        </span>
        <div className="grow">
          <Fields leaf={leaf} edit={edit} />
          {edit.incomplete.has(leaf.id) && (
            <span className={css.todo}>
              <IconPencilExclamation size={14} stroke={1.5} aria-hidden />
              {t('builder.incompleteHere')}
            </span>
          )}
          <ConditionWarnings
            warnings={edit.warnings.get(leaf.id) ?? []}
            onTake={(warning) => edit.takeNearest(leaf.id, warning)}
          />
          {fault !== undefined && (
            <div className={css.fault} role="alert">
              <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
              <span>
                {sayError(fault)}
                <ServerSaid error={fault} />
              </span>
            </div>
          )}
        </div>
        <NodeActions id={leaf.id} number={number} edit={edit} isFirst={isFirst} isLast={isLast} />
      </div>
    </div>
  )
}

function Fields({ leaf, edit }: { leaf: LeafNode; edit: BuilderEdit }) {
  const { Fields: Own } = formOf(leaf)
  return <Own leaf={leaf} edit={edit} onChange={(next, field) => edit.change(leaf.id, () => next, field)} />
}
