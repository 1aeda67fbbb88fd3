import { useTranslation } from 'react-i18next'
import css from './state.module.css'

/** A message as the server wrote it, in English, behind a disclosure: for those who look after the server. */
export function RawMessage({ text }: { text: string }) {
  const { t } = useTranslation('errors')
  return (
    <details className={css.said}>
      <summary>{t('serverSaid')}</summary>
      <bdi lang="en">{text}</bdi>
    </details>
  )
}
