import type { LedgerAnswerEntry } from '@affluent/protocol/ledger-entry'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { useSources } from './use-sources.ts'

type Decision = Pick<LedgerAnswerEntry, 'kind' | 'rule' | 'reason'> &
  Partial<Pick<LedgerAnswerEntry, 'author' | 'cause'>>

/**
 * A function that says why an identity decision was made, in the member's language: by which event, or by whose word;
 * else by which rule; else as the server says it.
 */
export function useDecisionWords(): (decision: Decision) => string {
  const { t, i18n } = useTranslation('live')
  const formats = useFormats()
  const { nameOf } = useSources()
  return ({ kind, rule, reason, author, cause }) => {
    if (cause != null && rule === 'shared_identifier') {
      const carried = cause.identifiers.map(({ namespace }) =>
        i18n.exists(`carried.${namespace}`, { ns: 'live' })
          ? t(`carried.${namespace as 'email'}`)
          : t('carried.other', { namespace }),
      )
      return t('decisions.merged_because', {
        event: cause.name === '' ? cause.type : cause.name,
        source: nameOf(cause.source),
        day: formats.day(cause.at),
        carried: formats.list([...new Set(carried)]),
      })
    }
    const [name, namespace] = rule.split(':')
    const key = decisionKey(kind, name ?? '') as 'created'
    const said = i18n.exists(`decisions.${key}`, { ns: 'live' })
      ? t(`decisions.${key}`, { namespace: namespace ?? '' })
      : reason
    return author == null ? said : `${said} ${t(`decidedBy.${author.kind}`, { name: author.name })}`
  }
}

function decisionKey(kind: Decision['kind'], rule: string): string {
  if (kind === 'merged')
    return ['forced', 'reviewer', 'same_value'].includes(rule) ? `merged_by_${rule}` : 'merged'
  if (kind === 'unlinked') return rule === 'same_value' ? 'unlinked_by_same_value' : 'unlinked'
  return kind === 'refused' ? `refused_by_${rule}` : kind
}
