import { useTranslation } from 'react-i18next'
import { PageHead } from '../../pieces/page-head.tsx'

export function DestinationsRoom() {
  const { t } = useTranslation('destinations')
  return <PageHead title={t('title')} />
}
