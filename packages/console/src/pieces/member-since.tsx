import { useTranslation } from 'react-i18next'
import { Instant } from './instant.tsx'

// The first count of a new audience takes its members within this time.
const FIRST_COUNT_MS = 60_000

/**
 * Since when somebody is a member. Whoever met the condition already when the audience was made is a member since then:
 * when they first met it is not kept.
 */
export function MemberSince({ since, createdAt }: { since: string; createdAt: string | undefined }) {
  const { t } = useTranslation('pieces')
  const isFromStart =
    createdAt !== undefined && new Date(since).getTime() - new Date(createdAt).getTime() < FIRST_COUNT_MS
  return isFromStart ? <span title={t('fromStartHint')}>{t('fromStart')}</span> : <Instant at={since} />
}
