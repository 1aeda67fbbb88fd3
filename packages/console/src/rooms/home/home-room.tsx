import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { DemoNote } from './demo-note.tsx'
import { DestinationsCard } from './destinations-card.tsx'
import { FirstSteps } from './first-steps.tsx'
import css from './home-room.module.css'
import { MovementsCard } from './movements-card.tsx'
import { RiverCard } from './river.tsx'
import { SourcesCard } from './sources-card.tsx'
import { useFirstSteps } from './use-first-steps.ts'

/** What flows, what is healthy, what moved; and at first, what to do next. */
export function HomeRoom() {
  const { t } = useTranslation('home')
  const steps = useFirstSteps()
  return (
    <>
      <PageHead
        title={t('title')}
        actions={
          <>
            {steps.isHidden && steps.show !== undefined && (
              <button type="button" className={css.show} onClick={steps.show}>
                {t('start.show')}
              </button>
            )}
            <CopyAsCurl request={api('GET /v1/pipeline')} />
          </>
        }
      />
      <DemoNote />
      {!steps.isHidden && <FirstSteps steps={steps} />}
      <RiverCard />
      <div className={css.cards}>
        <May to="sources:read">
          <SourcesCard />
        </May>
        <MovementsCard />
        <DestinationsCard />
      </div>
    </>
  )
}
