import { Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useWorkspaces } from '../../api/workspaces.ts'
import { useFormats } from '../../app/formats.ts'
import css from './home-room.module.css'
import { useRiver } from './use-river.ts'

// Slower than this the shop only goes on with its day.
const FILLING_PER_SECOND = 50

/** While the demo shop fills: how far it is, in words. */
export function DemoNote() {
  const { t } = useTranslation('home')
  const formats = useFormats()
  const slug = useWorkspace()
  const isDemo = useWorkspaces().some((one) => one.slug === slug && one.isDemo && one.status === 'ready')
  const { river } = useRiver()
  if (!isDemo || river === undefined) return null
  const { rate, total } = river.accepted
  if (total > 0 && rate < FILLING_PER_SECOND) return null
  return (
    <p className={css.demo} role="status">
      <Loader size={14} color="var(--held)" />
      {total === 0
        ? t('demo.starting')
        : t('demo.filling', { events: formats.number(total), rate: formats.rate(rate) })}
    </p>
  )
}
