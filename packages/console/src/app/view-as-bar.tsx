import { IconEye } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/session.ts'
import { useViewAs } from '../api/view-as.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import css from './workspace-bar.module.css'

/** Over every room while an owner looks at the workspace as another role: as which one, and the way back. */
export function ViewAsBar() {
  const { t } = useTranslation(['shell', 'roles'])
  const { viewAs } = useSession()
  const view = useViewAs()
  if (viewAs === null) return null
  return (
    <section className={css.bar} aria-label={t('roles:viewAs')}>
      <IconEye size={14} stroke={1.5} aria-hidden />
      <span role="status">{t('roles:viewingAs', { role: t(`roles:names.${viewAs}`) })}</span>
      <button
        type="button"
        className={css.action}
        disabled={view.isPending}
        onClick={() => view.mutate(null)}
      >
        {t('roles:viewEnd')}
      </button>
      <ErrorNote error={view.error} />
    </section>
  )
}
