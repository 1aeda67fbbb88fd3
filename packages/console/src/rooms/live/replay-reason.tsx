import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { Button, Progress, Radio } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { change } from '../../api/change.ts'
import { api } from '../../api/request.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useFormats } from '../../app/formats.ts'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { Dialog } from '../../pieces/dialog.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { useSources } from './use-sources.ts'

interface ReplayReasonProps {
  opened: boolean
  onClose: () => void
  code: string
  /** The reason in words. */
  reason: string
  source: string
}

/** Sends everything again that was kept back for one reason: counted first, then asked, then done part by part. */
export function ReplayReason({ opened, onClose, ...rest }: ReplayReasonProps) {
  const { t } = useTranslation(['live', 'pieces'])
  return (
    <Dialog opened={opened} onClose={onClose} title={t('live:replay.title')}>
      <Question {...rest} onClose={onClose} />
    </Dialog>
  )
}

type Part = ApiAnswer<'POST /v1/outcomes/replay'>
type Counts = Omit<Part, 'cursor'>

function Question({ onClose, code, reason, source }: Omit<ReplayReasonProps, 'opened'>) {
  const { t } = useTranslation(['live', 'pieces'])
  const formats = useFormats()
  const { nameOf } = useSources()
  const [isAll, setAll] = useState(false)
  const filter = isAll ? { code } : { code, source }
  const trial = useReplay()
  const act = useReplay()
  const { run } = trial
  useEffect(() => {
    void run({ filter: isAll ? { code } : { code, source }, dryRun: true })
  }, [isAll, code, source])
  const found = trial.counts
  const replayable = found?.replayed ?? 0
  return (
    <div className="stack">
      <p>{t('live:replay.lead', { reason })}</p>
      <Radio.Group
        label={t('live:replay.scope')}
        description={t('live:replay.scopeHint')}
        value={isAll ? 'all' : 'one'}
        onChange={(value) => setAll(value === 'all')}
      >
        <div className="stack" style={{ gap: 8, marginTop: 4 }}>
          <Radio
            value="one"
            label={t('live:replay.oneSource', { source: nameOf(source) })}
            disabled={act.isBusy}
          />
          <Radio value="all" label={t('live:replay.allSources')} disabled={act.isBusy} />
        </div>
      </Radio.Group>
      <div role="status" className="stack" style={{ gap: 4 }}>
        {found === undefined && trial.error === undefined && <LoadingRows rows={2} height={28} />}
        {found !== undefined && act.counts === undefined && (
          <>
            <p>
              <b>
                {t('live:replay.matching', { count: found.matching, shown: formats.number(found.matching) })}
              </b>
            </p>
            {found.matching > 0 && (
              <p className="quiet">
                {t('live:replay.forecast', {
                  taken: formats.number(found.replayed),
                  again: formats.number(found.refusedAgain),
                })}
              </p>
            )}
          </>
        )}
        {act.counts !== undefined && (
          <p>
            <b>
              {t(act.isBusy ? 'live:replay.under' : 'live:replay.done', {
                taken: formats.number(act.counts.replayed),
                again: formats.number(act.counts.refusedAgain),
              })}
            </b>
          </p>
        )}
        {act.isBusy && <Progress value={100} animated aria-label={t('live:replay.title')} />}
      </div>
      <ErrorNote error={trial.error ?? act.error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <CopyAsCurl request={api('POST /v1/outcomes/replay', { body: { filter, dryRun: true } })} />
        <span className="grow" />
        <Button variant="default" onClick={onClose}>
          {act.counts === undefined ? t('pieces:cancel') : t('pieces:close')}
        </Button>
        {act.counts === undefined && (
          <Button
            disabled={replayable === 0 || trial.isBusy}
            loading={act.isBusy}
            onClick={() => void act.run({ filter, dryRun: false })}
          >
            {t('live:replay.confirm', { count: replayable, shown: formats.number(replayable) })}
          </Button>
        )}
      </div>
    </div>
  )
}

interface Asked {
  readonly filter: { readonly code: string; readonly source?: string }
  readonly dryRun: boolean
}

function useReplay() {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  const [state, setState] = useState<{ counts?: Counts; error?: unknown; isBusy: boolean }>({ isBusy: false })
  const latest = useRef(0)
  useEffect(
    () => () => {
      latest.current += 1
    },
    [],
  )
  const run = async (asked: Asked) => {
    latest.current += 1
    const own = latest.current
    setState({ isBusy: true })
    let sum: Counts = { matching: 0, replayed: 0, refusedAgain: 0 }
    let cursor: string | null = null
    try {
      do {
        const part: Part = await change(
          queries,
          api('POST /v1/outcomes/replay', { body: { ...asked, ...(cursor === null ? {} : { cursor }) } }),
          { workspace },
        )
        // Left or asked otherwise: what was begun is whole in itself.
        if (own !== latest.current) return
        sum = added(sum, part)
        cursor = part.cursor
        setState({ counts: sum, isBusy: cursor !== null })
      } while (cursor !== null)
    } catch (error) {
      if (own === latest.current) setState((before) => ({ ...before, error, isBusy: false }))
    }
  }
  return { ...state, run }
}

/** The first part says how many match in all; the others count what is left. */
function added(sum: Counts, part: Counts): Counts {
  return {
    matching: Math.max(sum.matching, part.matching),
    replayed: sum.replayed + part.replayed,
    refusedAgain: sum.refusedAgain + part.refusedAgain,
  }
}
