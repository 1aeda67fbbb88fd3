import { SegmentedControl } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { AddCondition } from './add-condition.tsx'
import css from './builder.module.css'
import type { BuilderEdit } from './builder-edit.ts'
import { GROUP_DEPTH_MAX, type GroupNode } from './condition-model.ts'
import { LeafEditor } from './leaf-editor.tsx'
import { NodeActions } from './node-actions.tsx'

interface GroupEditorProps {
  group: GroupNode
  /** 1: a whole section */
  depth: number
  /** Such as "1.2": which condition it is, as people count; '' for a section. */
  number: string
  edit: BuilderEdit
  addLabel: string
  empty?: string
  /** Of a group inside another: its place among its neighbours. */
  place?: { isFirst: boolean; isLast: boolean }
}

/** A group of conditions: how they are joined, then each of them, indented. */
export function GroupEditor({ group, depth, number, edit, addLabel, empty, place }: GroupEditorProps) {
  const { t } = useTranslation('audiences')
  const isNested = place !== undefined
  return (
    <div
      className={isNested ? `${css.group} ${css.nested}` : css.group}
      {...(isNested ? { role: 'group', 'aria-label': `${t('builder.groupName')} ${number}` } : {})}
    >
      {isNested && (
        <div className="row">
          <Joins group={group} edit={edit} />
          <span className="grow" />
          <NodeActions id={group.id} number={number} edit={edit} {...place} />
        </div>
      )}
      {group.of.length === 0 && empty !== undefined && <p className="quiet">{empty}</p>}
      {group.of.map((node, index) => {
        const own = { isFirst: index === 0, isLast: index === group.of.length - 1 }
        const ownNumber = number === '' ? String(index + 1) : `${number}.${index + 1}`
        return (
          <Fragment key={node.id}>
            {index > 0 && (
              <div className={css.join}>{t(group.joins === 'all' ? 'builder.and' : 'builder.or')}</div>
            )}
            {node.kind === 'group' ? (
              <GroupEditor
                group={node}
                depth={depth + 1}
                number={ownNumber}
                edit={edit}
                addLabel={t('builder.add')}
                place={own}
              />
            ) : (
              <LeafEditor leaf={node} number={ownNumber} edit={edit} {...own} />
            )}
          </Fragment>
        )
      })}
      <AddCondition group={group.id} edit={edit} mayNest={depth < GROUP_DEPTH_MAX} label={addLabel} />
    </div>
  )
}

/** Whether all or any of the conditions of a group must hold. */
export function Joins({ group, edit }: { group: GroupNode; edit: BuilderEdit }) {
  const { t } = useTranslation('audiences')
  const choose = (joins: string) =>
    edit.change(
      group.id,
      (node) => ({ ...(node as GroupNode), joins: joins === 'any' ? 'any' : 'all' }),
      'joins',
    )
  return (
    <div className="row wrap">
      <SegmentedControl
        size="xs"
        aria-label={t('builder.joins')}
        data={[
          { value: 'all', label: t('builder.all') },
          { value: 'any', label: t('builder.any') },
        ]}
        value={group.joins}
        onChange={choose}
      />
      <span className="note">{t(group.joins === 'all' ? 'builder.allHint' : 'builder.anyHint')}</span>
    </div>
  )
}
