import { describeClause } from '@affluent/core/condition/describe/describe-condition'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { IconCheck, IconQuestionMark, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useFormats } from '../../app/formats.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { AsOf } from '../../pieces/as-of.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import css from './why-card.module.css'
import { WhyEvidence } from './why-evidence.tsx'
import { type WhyLeaf, type WhyNode, whyTree } from './why-tree.ts'

interface WhyCardProps {
  profile: ProfileAnswer
  audience: Pick<AudienceAnswer, 'key' | 'name' | 'condition'>
}

const EVERY_MS = 5_000

/** Why somebody is in an audience, or not: every place of the condition with its answer, and what decided it. */
export function WhyCard({ profile, audience }: WhyCardProps) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const inputs = { params: { id: profile.id }, query: { audience: audience.key } }
  const request = api('GET /v1/profiles/{id}/why', inputs)
  const { data, error, refetch } = useGet(request, { everyMs: EVERY_MS })
  const isMember = (key: string) => profile.audiences.some((one) => one.key === key)
  return (
    <section className="card" aria-label={t('why.title', { name: audience.name })}>
      <header className={css.head}>
        <h2 className="grow">
          <PlainText>{audience.name}</PlainText>
        </h2>
        {data !== undefined && (
          <StatusBadge tone={data.member ? 'good' : 'quiet'} icon={data.member ? IconCheck : IconX}>
            {t(data.member ? 'why.member' : 'why.notMember')}
          </StatusBadge>
        )}
        <CopyAsCurl request={request} />
      </header>
      {data === undefined && error !== null && <ErrorState error={error} onRetry={refetch} />}
      {data === undefined && error === null && <LoadingRows rows={3} />}
      {data !== undefined && (
        <div className={css.body}>
          {data.since !== null && (
            <p className="quiet">{t('why.since', { time: formats.exact(data.since) })}</p>
          )}
          {data.holds !== data.member && <p className="quiet">{t('why.underWay')}</p>}
          <Node node={whyTree(audience.condition, data, isMember, formats.zone)} />
          <AsOf at={data.asOf} />
        </div>
      )}
    </section>
  )
}

function Node({ node }: { node: WhyNode }) {
  const { t } = useTranslation('people')
  if (node.kind === 'leaf') return <Leaf leaf={node} />
  const { kind, holds, of } = node
  return (
    <div className={css.group}>
      <p className={css.groupHead}>
        <Answer holds={holds} />
        <b>{t(`why.groups.${kind}`)}</b>
      </p>
      <ul className={css.members}>
        {of.map((member, index) => (
          <li key={`part${index}`}>
            <Node node={member} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Leaf({ leaf }: { leaf: WhyLeaf }) {
  const speaker = useSpeaker()
  return (
    <div className={css.leaf}>
      <Answer holds={leaf.holds} />
      <div className="grow">
        <p>
          <Sentence text={describeClause(leaf.leaf, speaker)} />
        </p>
        <WhyEvidence leaf={leaf} />
      </div>
    </div>
  )
}

function Answer({ holds }: { holds: boolean | undefined }) {
  const { t } = useTranslation('people')
  const Sign = holds === undefined ? IconQuestionMark : holds ? IconCheck : IconX
  return (
    <span className={css.answer} data-holds={holds}>
      <Sign size={14} stroke={2} aria-hidden />
      {t(holds === undefined ? 'why.unknown' : holds ? 'why.true' : 'why.false')}
    </span>
  )
}
