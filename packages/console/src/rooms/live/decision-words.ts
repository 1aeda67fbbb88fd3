import type { LedgerAnswerEntry } from '@affluent/protocol/api'
import { useTranslation } from 'react-i18next'

type Decision = Pick<LedgerAnswerEntry, 'kind' | 'rule' | 'reason'>

/** A function that says why an identity decision was made, in the member's language; else as the server says it. */
export function useDecisionWords(): (decision: Decision) => string {
  const { t, i18n } = useTranslation('live')
  return ({ kind, rule, reason }) => {
    const [name, namespace] = rule.split(':')
    const key = decisionKey(kind, name ?? '') as 'created'
    return i18n.exists(`decisions.${key}`, { ns: 'live' })
      ? t(`decisions.${key}`, { namespace: namespace ?? '' })
      : reason
  }
}

function decisionKey(kind: Decision['kind'], rule: string): string {
  if (kind === 'merged') return rule === 'forced' || rule === 'reviewer' ? `merged_by_${rule}` : 'merged'
  return kind === 'refused' ? `refused_by_${rule}` : kind
}
