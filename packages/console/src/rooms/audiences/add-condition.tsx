import { Button, Menu } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { BuilderEdit } from './builder-edit.ts'
import { LEAF_KINDS } from './condition-model.ts'
import { LEAF_ICONS } from './leaf-icons.ts'

interface AddConditionProps {
  group: number
  edit: BuilderEdit
  /** false: groups are nested as deep as they may be */
  mayNest: boolean
  label: string
}

/** The button that adds a condition to a group: a menu of the kinds, each with what it asks. */
export function AddCondition({ group, edit, mayNest, label }: AddConditionProps) {
  const { t } = useTranslation('audiences')
  const kinds = mayNest ? ([...LEAF_KINDS, 'group'] as const) : LEAF_KINDS
  return (
    <div>
      <Menu position="bottom-start" withinPortal returnFocus>
        <Menu.Target>
          <Button
            data-adds-to={group}
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} stroke={1.75} aria-hidden />}
          >
            {label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map((kind) => {
            const Sign = LEAF_ICONS[kind]
            return (
              <Menu.Item
                key={kind}
                leftSection={<Sign size={16} stroke={1.5} aria-hidden />}
                onClick={() => edit.add(group, kind)}
              >
                {t(`builder.kinds.${kind}`)}
                <span className="note" style={{ display: 'block' }}>
                  {t(`builder.kindHints.${kind}`)}
                </span>
              </Menu.Item>
            )
          })}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

/** Gives the focus to the button of a group; a menu gives its own button an id. */
export function focusAddButton(group: number): void {
  document.querySelector<HTMLElement>(`[data-adds-to="${group}"]`)?.focus()
}
