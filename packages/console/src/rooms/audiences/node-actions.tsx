import { ActionIcon, Menu } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { BuilderEdit } from './builder-edit.ts'

interface NodeActionsProps {
  id: number
  number: string
  edit: BuilderEdit
  isFirst: boolean
  isLast: boolean
}

/** What can be done with a condition or a group as a whole: no dragging. */
export function NodeActions({ id, number, edit, isFirst, isLast }: NodeActionsProps) {
  const { t } = useTranslation('audiences')
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t('builder.actionsOf', { number })}>
          <IconDots size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconArrowUp size={16} stroke={1.5} aria-hidden />}
          disabled={isFirst}
          onClick={() => edit.move(id, -1)}
        >
          {t('builder.moveUp')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={16} stroke={1.5} aria-hidden />}
          disabled={isLast}
          onClick={() => edit.move(id, 1)}
        >
          {t('builder.moveDown')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={16} stroke={1.5} aria-hidden />}
          onClick={() => edit.duplicate(id)}
        >
          {t('builder.duplicate')}
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} stroke={1.5} aria-hidden />}
          onClick={() => edit.remove(id)}
        >
          {t('builder.removeCondition')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
