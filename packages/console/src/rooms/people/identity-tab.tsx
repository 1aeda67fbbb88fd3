import type { GraphAnswer, ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import type { LedgerAnswerEntry } from '@affluent/protocol/ledger-entry'
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowsJoin, IconArrowsSplit } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyButton } from '../../pieces/copy-button.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { May } from '../../pieces/may.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { useDecisionWords } from '../live/decision-words.ts'
import { IdentifierText } from '../live/identifier-text.tsx'
import { useSources } from '../live/use-sources.ts'
import { EventPositionLink } from './event-position-link.tsx'
import css from './identity-tab.module.css'
import { LinkPeople, type LinkWith } from './link-people.tsx'
import { UndoMerge } from './undo-merge.tsx'

type Merge = GraphAnswer['merges'][number]
type ProfileIdentifier = ProfileAnswer['identifiers'][number]

/** Beyond these the picture says less than the table. */
const NODES_MAX = 200

// The library of the picture is large and only needed here.
const MergeGraph = lazy(async () => ({ default: (await import('./merge-graph.tsx')).MergeGraph }))

/**
 * How a profile came together: its identifiers, the merges that join its fragments, every decision; and the way back.
 */
export function IdentityTab({ profile }: { profile: ProfileAnswer }) {
  const { t } = useTranslation('people')
  const graph = useGet(api('GET /v1/profiles/{id}/graph', { params: { id: profile.id } }))
  const [undoing, setUndoing] = useState<Merge>()
  const [linking, setLinking] = useState<LinkWith>()
  const mayEdit = useMay('identity:edit')
  const { data } = graph
  return (
    <div className={css.sections}>
      <section aria-labelledby="identifiers">
        <h2 id="identifiers">{t('identifiers.title')}</h2>
        <Identifiers identifiers={profile.identifiers} />
      </section>
      <section aria-labelledby="merges">
        <h2 id="merges">{t('merges.title')}</h2>
        <div className="row wrap">
          <p className="quiet grow">{t('merges.lead')}</p>
          <May to="identity:edit">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowsJoin size={14} stroke={1.5} aria-hidden />}
              onClick={() => setLinking('chosen')}
            >
              {t('link.open')}
            </Button>
          </May>
        </div>
        {data === undefined && graph.error !== null && (
          <ErrorState error={graph.error} onRetry={graph.refetch} />
        )}
        {data === undefined && graph.error === null && <LoadingRows rows={3} />}
        {data !== undefined && (
          <>
            <Merges merges={data.merges} onUndo={setUndoing} />
            {data.merges.length > 0 && data.fragments.length <= NODES_MAX && (
              <Suspense fallback={<LoadingRows rows={4} />}>
                <MergeGraph graph={data} onUndo={mayEdit ? setUndoing : undefined} />
              </Suspense>
            )}
            {data.fragments.length > NODES_MAX && <p className="note">{t('merges.noPicture')}</p>}
          </>
        )}
      </section>
      <section aria-labelledby="ledger">
        <h2 id="ledger">{t('ledger.title')}</h2>
        <p className="quiet">{t('ledger.lead')}</p>
        <Ledger profileId={profile.id} onRedo={(other) => setLinking({ other })} />
      </section>
      <UndoMerge merge={undoing} profile={profile} onClose={() => setUndoing(undefined)} />
      <LinkPeople wanted={linking} profile={profile} onClose={() => setLinking(undefined)} />
    </div>
  )
}

function Identifiers({ identifiers }: { identifiers: readonly ProfileIdentifier[] }) {
  const { t, i18n } = useTranslation('people')
  const { nameOf } = useSources()
  const columns = useMemo(
    (): ReadonlyArray<Column<ProfileIdentifier>> => [
      {
        key: 'value',
        head: t('identifiers.value'),
        sortBy: ({ value }) => value,
        cell: ({ namespace, value }) => (
          <span className={css.value}>
            <span className="cut">
              <PlainText code>{value}</PlainText>
            </span>
            <CopyButton text={value} name={t('copyIdentifier', { namespace })} />
          </span>
        ),
      },
      {
        key: 'namespace',
        head: t('identifiers.namespace'),
        width: 150,
        sortBy: ({ namespace }) => namespace,
        cell: ({ namespace }) => <PlainText>{namespace}</PlainText>,
      },
      {
        key: 'first',
        head: t('facts.firstSeen'),
        width: 150,
        sortBy: ({ firstSeen }) => firstSeen,
        cell: ({ firstSeen }) => <Instant at={firstSeen} />,
      },
      {
        key: 'last',
        head: t('facts.lastSeen'),
        width: 150,
        sortBy: ({ lastSeen }) => lastSeen,
        cell: ({ lastSeen }) => <Instant at={lastSeen} />,
      },
      {
        key: 'source',
        head: t('identifiers.source'),
        width: 140,
        cell: ({ source }) => <PlainText>{nameOf(source)}</PlainText>,
      },
    ],
    [i18n.language, nameOf],
  )
  return (
    <DataTable
      label={t('identifiers.title')}
      columns={columns}
      rows={identifiers}
      rowKey={({ namespace, value }) => `${namespace}:${value}`}
      empty={<EmptyState title={t('identifiers.none')} />}
    />
  )
}

function Merges({ merges, onUndo }: { merges: readonly Merge[]; onUndo: (merge: Merge) => void }) {
  const { t, i18n } = useTranslation('people')
  const say = useDecisionWords()
  const mayEdit = useMay('identity:edit')
  const isNarrow = useMediaQuery('(max-width: 600px)', false)
  const columns = useMemo((): ReadonlyArray<Column<Merge>> => {
    const all: ReadonlyArray<Column<Merge>> = [
      {
        key: 'by',
        head: t('merges.by'),
        width: 250,
        cell: ({ identifiers }) =>
          identifiers.length === 0 ? (
            <span className="quiet">–</span>
          ) : (
            <span className="cut" style={{ display: 'block' }}>
              {identifiers.map(({ namespace, value }, index) => (
                <span key={`${namespace}:${value}`}>
                  {index > 0 && ', '}
                  <IdentifierText namespace={namespace} value={value} />
                </span>
              ))}
            </span>
          ),
      },
      {
        key: 'why',
        head: t('merges.why'),
        cell: (merge) => <span className={css.wrapped}>{say({ kind: 'merged', ...merge })}</span>,
      },
      {
        key: 'event',
        head: t('merges.event'),
        width: 120,
        cell: ({ event }) => <EventPositionLink position={event.position} />,
      },
      {
        key: 'at',
        head: t('merges.at'),
        width: 140,
        sortBy: ({ at }) => at,
        cell: ({ at }) => <Instant at={at} />,
      },
      {
        key: 'undo',
        head: t('merges.act'),
        width: 190,
        cell: (merge) => (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsSplit size={14} stroke={1.5} aria-hidden />}
            onClick={() => onUndo(merge)}
          >
            {t('merges.undo')}
          </Button>
        ),
      },
    ]
    if (!mayEdit) return all.filter(({ key }) => key !== 'undo')
    if (!isNarrow) return all
    // The act is in reach without scrolling sideways.
    return [...all.filter(({ key }) => key === 'undo'), ...all.filter(({ key }) => key !== 'undo')]
  }, [i18n.language, onUndo, isNarrow, mayEdit])
  return (
    <DataTable
      label={t('merges.title')}
      columns={columns}
      rows={merges}
      rowKey={({ ledgerId }) => ledgerId}
      empty={
        <div className="card">
          <EmptyState title={t('merges.none')} lead={t('merges.noneLead')} />
        </div>
      }
    />
  )
}

function Ledger({ profileId, onRedo }: { profileId: string; onRedo: (other: string) => void }) {
  const { t, i18n } = useTranslation(['people', 'live'])
  const say = useDecisionWords()
  const places = usePlaces()
  const { data, error, refetch } = useGet(api('GET /v1/profiles/{id}/ledger', { params: { id: profileId } }))
  const rows = useMemo(() => data?.ledger.toReversed(), [data])
  const mayEdit = useMay('identity:edit')
  const isNarrow = useMediaQuery('(max-width: 600px)', false)
  const columns = useMemo((): ReadonlyArray<Column<LedgerAnswerEntry>> => {
    const redo: Column<LedgerAnswerEntry> = {
      key: 'redo',
      head: t('people:merges.act'),
      width: 184,
      cell: ({ kind, other }) =>
        kind === 'unmerged' &&
        other !== null && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsJoin size={14} stroke={1.5} aria-hidden />}
            onClick={() => onRedo(other)}
          >
            {t('people:link.redo')}
          </Button>
        ),
    }
    const facts: ReadonlyArray<Column<LedgerAnswerEntry>> = [
      {
        key: 'kind',
        head: t('people:ledger.decision'),
        width: 170,
        sortBy: ({ kind }) => kind,
        cell: ({ kind }) => t(`live:kinds.${kind}`),
      },
      {
        key: 'identifiers',
        head: t('people:identifiers.title'),
        width: 220,
        cell: ({ identifiers }) => (
          <span className="cut" style={{ display: 'block', maxWidth: 240 }}>
            {identifiers.map(({ namespace, value }, index) => (
              <span key={`${namespace}:${value}`}>
                {index > 0 && ', '}
                <IdentifierText namespace={namespace} value={value} />
              </span>
            ))}
          </span>
        ),
      },
      {
        key: 'why',
        head: t('people:merges.why'),
        cell: (entry) => (
          <span className={css.wrapped}>
            {say(entry)}
            {entry.other !== null && (
              <>
                {' '}
                <Anchor href={places.person(entry.other, { tab: 'identity' })}>
                  {t('people:ledger.other')}
                </Anchor>
              </>
            )}
          </span>
        ),
      },
      {
        key: 'event',
        head: t('people:merges.event'),
        width: 120,
        cell: ({ event, kind }) =>
          kind === 'unmerged' || kind === 'unlinked' ? (
            <span className="quiet tabular">evt_{event.position}</span>
          ) : (
            <EventPositionLink position={event.position} />
          ),
      },
      {
        key: 'at',
        head: t('people:merges.at'),
        width: 140,
        sortBy: ({ at }) => at,
        cell: ({ at }) => <Instant at={at} />,
      },
    ]
    const isOffered = rows?.some(({ kind, other }) => kind === 'unmerged' && other !== null) === true
    if (!isOffered || !mayEdit) return facts
    // On a phone the act is in reach without scrolling sideways.
    return isNarrow ? [...facts.slice(0, 1), redo, ...facts.slice(1)] : [...facts, redo]
  }, [i18n.language, say, onRedo, rows, isNarrow, mayEdit])
  return (
    <DataTable
      label={t('people:ledger.title')}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      error={error}
      onRetry={refetch}
      empty={<EmptyState title={t('people:ledger.none')} />}
    />
  )
}
