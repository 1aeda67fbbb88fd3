import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCatalogue } from '../../conditions/use-catalogue.ts'
import { conditionOf, renamed } from './audience-draft.ts'
import css from './builder.module.css'
import { templatesFor } from './templates.ts'
import type { DraftEditor } from './use-draft.ts'

/** Audiences to begin with, as far as the events of the workspace allow them. */
export function TemplateChoice({
  change,
  taken,
}: {
  change: DraftEditor['change']
  taken: ReadonlySet<string>
}) {
  const { t } = useTranslation('audiences')
  const catalogue = useCatalogue()
  const seen = new Set(catalogue?.events.filter(({ type }) => type === 'track').map(({ name }) => name))
  const templates = templatesFor(seen)
  if (templates.length === 0) return null
  return (
    <section aria-label={t('builder.templates')}>
      <p className="note" style={{ marginBottom: 6 }}>
        {t('builder.templates')}. {t('builder.templatesLead')}
      </p>
      <div className={css.templates}>
        {templates.map(({ key, condition }) => (
          <Button
            key={key}
            variant="default"
            size="xs"
            onClick={() =>
              change((draft) => {
                const named =
                  draft.name === '' ? renamed(draft, t(`builder.templateNames.${key}`), taken) : draft
                return { ...named, ...conditionOf(condition) }
              })
            }
          >
            {t(`builder.templateNames.${key}`)}
          </Button>
        ))}
      </div>
    </section>
  )
}
