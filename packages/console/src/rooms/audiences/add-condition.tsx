import { Button, Menu } from '@mantine/core'
import { IconFolders, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSay } from '../../app/use-say.ts'
import type { BuilderEdit } from './builder-edit.ts'
import { formOfKind, LEAF_KINDS } from './leaves/leaf-forms.ts'

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
  const say = useSay()
  const leaves = LEAF_KINDS.map((kind) => {
    const { icon, name, hint } = formOfKind(kind)
    return { kind, icon, name: say(name), hint: say(hint) }
  })
  const nested = {
    kind: 'group',
    icon: IconFolders,
    name: t('builder.groupName'),
    hint: t('builder.groupHint'),
  } as const
  const kinds = mayNest ? [...leaves, nested] : leaves
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
          {kinds.map(({ kind, icon: Sign, name, hint }) => (
            <Menu.Item
              key={kind}
              leftSection={<Sign size={16} stroke={1.5} aria-hidden />}
              onClick={() => edit.add(group, kind)}
            >
              {name}
              <span className="note" style={{ display: 'block' }}>
                {hint}
              </span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

/** Gives the focus to the button of a group; a menu gives its own button an id. */
export function focusAddButton(group: number): void {
  document.querySelector<HTMLElement>(`[data-adds-to="${group}"]`)?.focus()
}
