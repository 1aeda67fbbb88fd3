import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { Button, Loader, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useAsk } from '../../api/use-ask.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './destinations.module.css'
import {
  REPLAY_PERIODS,
  REPLAY_STATUSES,
  type ReplayChoice,
  type ReplayFilter,
  type ReplayPeriod,
  type ReplayStatus,
  replayFilter,
} from './replay-filter.ts'
import { useIsSandbox } from './use-destinations.ts'

/** What is replayed: deliveries by id, all of one status, or whatever a member chooses by status and time. */
export type ReplayScope =
  | { readonly kind: 'ids'; readonly ids: readonly string[]; readonly status: ReplayStatus }
  | { readonly kind: 'many'; readonly choice: ReplayChoice }

interface ReplayDialogProps {
  scope: ReplayScope
  onClose: () => void
  /** After it was done. */
  onDone?: () => void
}

/** Sends deliveries again: first how many there are, asked of the server; then the act, under the ids that they had. */
export function ReplayDialog({ scope, onClose, onDone }: ReplayDialogProps) {
  const { t } = useTranslation(['destinations', 'pieces'])
  const formats = useFormats()
  const isSandbox = useIsSandbox()
  const [openedAt] = useState(() => Date.now())
  const [choice, setChoice] = useState<ReplayChoice | undefined>(
    scope.kind === 'many' ? scope.choice : undefined,
  )
  const filter: ReplayFilter =
    scope.kind === 'ids'
      ? { ids: scope.ids, status: scope.status }
      : replayFilter(choice ?? scope.choice, openedAt)
  const dryRun = useAsk(api('POST /v1/deliveries/replay', { body: { filter, dryRun: true } }))
  const replay = useSend<ApiAnswer<'POST /v1/deliveries/replay'>>(['/v1/deliveries', '/v1/destinations'])
  const count = dryRun.data?.matching
  const isOne = scope.kind === 'ids' && scope.ids.length === 1
  const isKnown = count !== undefined && !dryRun.isPlaceholderData && dryRun.error === null
  const act = () =>
    replay.mutate(api('POST /v1/deliveries/replay', { body: { filter, dryRun: false } }), {
      onSuccess: ({ matching, replayed }) => {
        const done = t('replay.done', { count: replayed, shown: formats.number(replayed) })
        const rest = matching - replayed
        const more = rest > 0 ? ` ${t('replay.rest', { shown: formats.number(rest) })}` : ''
        notifications.show({ message: `${done}${more}` })
        onDone?.()
        onClose()
      },
    })
  return (
    <Dialog opened onClose={onClose} title={t(isOne ? 'replay.one' : 'replay.title')}>
      <div className="stack">
        <p>{t(isOne ? 'replay.leadOne' : 'replay.lead')}</p>
        {choice !== undefined && <Choice choice={choice} onChange={setChoice} />}
        {isSandbox && <p className={css.held}>{t('replay.sandbox')}</p>}
        <p role="status" aria-live="polite" className="row">
          {isKnown ? (
            count === 0 ? (
              t('replay.none')
            ) : (
              t('replay.matching', { count, shown: formats.number(count) })
            )
          ) : dryRun.error === null ? (
            <>
              <Loader size="xs" aria-hidden /> {t('replay.counting')}
            </>
          ) : null}
        </p>
        {scope.kind === 'ids' && isKnown && count < scope.ids.length && (
          <p className="note">{t('replay.notEnded')}</p>
        )}
        <ErrorNote error={dryRun.error ?? replay.error} />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            {t('pieces:cancel')}
          </Button>
          <Button onClick={act} disabled={!isKnown || count === 0 || isSandbox} loading={replay.isPending}>
            {isKnown && count > 0
              ? t('replay.confirm', { count, shown: formats.number(count) })
              : t('panel.replay')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

function Choice({ choice, onChange }: { choice: ReplayChoice; onChange: (choice: ReplayChoice) => void }) {
  const { t } = useTranslation('destinations')
  return (
    <>
      <Select
        label={t('replay.status')}
        description={t('replay.statusHint')}
        data={REPLAY_STATUSES.map((status) => ({ value: status, label: t(`replay.statuses.${status}`) }))}
        value={choice.status}
        onChange={(status) => onChange({ ...choice, status: status as ReplayStatus })}
        allowDeselect={false}
      />
      <Select
        label={t('replay.period')}
        description={t('replay.periodHint')}
        data={REPLAY_PERIODS.map((period) => ({ value: period, label: t(`replay.periods.${period}`) }))}
        value={choice.period}
        onChange={(period) => onChange({ ...choice, period: period as ReplayPeriod })}
        allowDeselect={false}
      />
      {choice.period === 'range' && (
        <div className="row wrap">
          <TextInput
            type="datetime-local"
            label={t('replay.from')}
            value={choice.from}
            onChange={(event) => onChange({ ...choice, from: event.currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label={t('replay.to')}
            value={choice.to}
            onChange={(event) => onChange({ ...choice, to: event.currentTarget.value })}
          />
        </div>
      )}
    </>
  )
}
