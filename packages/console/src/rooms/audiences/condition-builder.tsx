import type { ConditionWarning } from '@affluent/protocol/endpoints/audiences'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { focusAddButton } from './add-condition.tsx'
import type { ReadDraft } from './audience-draft.ts'
import css from './builder.module.css'
import type { BuilderEdit } from './builder-edit.ts'
import {
  addNode,
  type ConditionParts,
  changeNode,
  duplicateNode,
  moveNode,
  nextId,
  removeNode,
} from './condition-model.ts'
import { placeOf } from './fault-places.ts'
import { GroupEditor, Joins } from './group-editor.tsx'
import { AFTER_MENU_MS } from './leaf-editor.tsx'
import { type LeafKind, newLeaf } from './leaves/leaf-forms.ts'
import { takeNearest } from './take-nearest.ts'
import type { DraftEditor } from './use-draft.ts'

interface ConditionBuilderProps {
  parts: ConditionParts
  change: DraftEditor['change']
  read: ReadDraft
  /** what the server says of the condition */
  fault: ApiError | null
  /** what it names that has never been seen */
  warnings: readonly ConditionWarning[]
  ownKey: string | undefined
}

/** The two sections of a condition: who is in, and who is left out all the same. */
export function ConditionBuilder({ parts, change, read, fault, warnings, ownKey }: ConditionBuilderProps) {
  const { t } = useTranslation('audiences')
  const [added, setAdded] = useState<number | undefined>()
  const faulty = placeOf(fault?.path, read.places)?.node
  const warned = new Map<number, ConditionWarning[]>()
  for (const warning of warnings) {
    const node = placeOf(warning.path, read.places)?.node
    if (node !== undefined) warned.set(node, [...(warned.get(node) ?? []), warning])
  }
  const edit: BuilderEdit = {
    ...{ added, ownKey },
    faults: new Map(faulty === undefined || fault === null ? [] : [[faulty, fault]]),
    incomplete: new Set(read.incomplete),
    warnings: warned,
    takeNearest: (id, { path, nearest }) => {
      const place = placeOf(path, read.places)
      if (nearest !== null && place?.node === id)
        change((draft) => ({
          ...draft,
          parts: changeNode(draft.parts, id, (node) => takeNearest(node, place.rest, nearest)),
        }))
    },
    freeId: () => nextId(parts),
    change: (id, next, field) =>
      change((draft) => ({ ...draft, parts: changeNode(draft.parts, id, next) }), `${id}.${field}`),
    add: (group, kind) => {
      const id = nextId(parts)
      setAdded(kind === 'group' ? id + 1 : id)
      change((draft) => ({ ...draft, parts: addNode(draft.parts, group, newNode(kind, id)) }))
    },
    remove: (id) => {
      change((draft) => ({ ...draft, parts: removeNode(draft.parts, id) }))
      const section = isIn(parts, id) ? parts.include.id : parts.exclude.id
      // the button that had the focus is gone with its condition, and the menu looks for it first
      setTimeout(() => focusAddButton(section), AFTER_MENU_MS)
    },
    duplicate: (id) => change((draft) => ({ ...draft, parts: duplicateNode(draft.parts, id) })),
    move: (id, step) => change((draft) => ({ ...draft, parts: moveNode(draft.parts, id, step) })),
  }
  return (
    <>
      <section className={`card ${css.section}`} aria-label={t('builder.include')}>
        <div className={css.sectionHead}>
          <h2>{t('builder.include')}</h2>
          {parts.include.of.length > 1 && <Joins group={parts.include} edit={edit} />}
        </div>
        <GroupEditor
          group={parts.include}
          depth={1}
          number=""
          edit={edit}
          addLabel={t('builder.add')}
          empty={t('builder.includeLead')}
        />
      </section>
      <section className={`card ${css.section}`} aria-label={t('builder.exclude')}>
        <div className={css.sectionHead}>
          <h2>{t('builder.exclude')}</h2>
          {parts.exclude.of.length > 1 && <span className="note">{t('builder.excludeAny')}</span>}
        </div>
        <GroupEditor
          group={parts.exclude}
          depth={1}
          number=""
          edit={edit}
          addLabel={t('builder.addExclusion')}
          empty={t('builder.excludeLead')}
        />
      </section>
    </>
  )
}

/** A new group begins with one event, so that there is something to fill in. */
function newNode(kind: LeafKind | 'group', id: number) {
  if (kind !== 'group') return newLeaf(kind, id)
  return { id, kind, joins: 'any', of: [newLeaf('event', id + 1)] } as const
}

function isIn({ include }: ConditionParts, id: number): boolean {
  return JSON.stringify(include).includes(`"id":${id},`)
}
