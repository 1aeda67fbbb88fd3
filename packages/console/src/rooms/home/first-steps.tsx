import { Button } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMayDo } from '../../api/use-may.ts'
import { useWorkspaces } from '../../api/workspaces.ts'
import { usePlaces, usePlacesIn } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { RoleNeeded } from '../../pieces/role-needed.tsx'
import { FirstEvent } from './first-event.tsx'
import { FirstSnippet } from './first-snippet.tsx'
import css from './first-steps.module.css'
import { type FirstStep, STEP_NEEDS } from './steps-of-role.ts'
import type { FirstStepsState } from './use-first-steps.ts'

/** What is done first in the member's role, in steps that tick by themselves. */
export function FirstSteps({ steps: { steps, done, hide } }: { steps: FirstStepsState }) {
  const [first] = steps
  if (done === undefined || first === undefined) return null
  return <Steps steps={steps} first={first} done={done} onHide={hide} />
}

function Steps({
  steps,
  first,
  done,
  onHide,
}: {
  steps: readonly FirstStep[]
  first: FirstStep
  done: Readonly<Record<FirstStep, boolean>>
  onHide: () => void
}) {
  const { t } = useTranslation('home')
  const next = steps.find((step) => !done[step])
  // The open step stays open when it ticks: what has just arrived is to be seen.
  const [open, setOpen] = useState<FirstStep>(next ?? first)
  const may = useMayDo()
  const isOwn = may(STEP_NEEDS[open])
  const isSender = may('sources:read')
  return (
    <section className={`card ${css.card}`} aria-label={t('start.title')}>
      <header className={css.head}>
        <h2>{t('start.title')}</h2>
        <span className="note">
          {t('start.progress', { done: steps.filter((step) => done[step]).length, all: steps.length })}
        </span>
        <span className="grow" />
        <Button variant="subtle" color="gray" size="xs" onClick={onHide}>
          {t('start.hide')}
        </Button>
      </header>
      {next === undefined && <p className={css.complete}>{t('start.complete')}</p>}
      <div className={css.body}>
        <ol className={css.steps}>
          {steps.map((step) => (
            <li key={step}>
              <button
                type="button"
                className={css.step}
                aria-current={step === open ? 'step' : undefined}
                onClick={() => setOpen(step)}
              >
                {done[step] ? (
                  <IconCircleCheckFilled size={18} className={css.done} aria-hidden />
                ) : (
                  <IconCircleDashed size={18} stroke={1.5} className={css.todo} aria-hidden />
                )}
                {t(`start.steps.${step}`)}
                <span className="unseen">{done[step] ? t('start.done') : t('start.todo')}</span>
              </button>
            </li>
          ))}
        </ol>
        <div className={css.content}>
          <p className="quiet">{t(`start.leads.${open}`)}</p>
          {isSender && (open === 'event' || open === 'profile') && <FirstSnippet step={open} />}
          {open === 'event' && <FirstEvent />}
          {!isOwn && !done[open] && <RoleNeeded needs={STEP_NEEDS[open]} />}
          {!done.event && <DemoLink />}
          <div className="row wrap">
            {open !== 'event' && (isOwn || done[open]) && (
              <StepAction step={open} isDone={done[open]} isOwn={isOwn} />
            )}
            {done[open] && next !== undefined && (
              <Button variant="filled" onClick={() => setOpen(next)}>
                {t('start.next', { step: t(`start.steps.${next}`) })}
              </Button>
            )}
          </div>
        </div>
      </div>
    </section>
  )
}

function DemoLink() {
  const { t } = useTranslation('home')
  const placesIn = usePlacesIn()
  const demo = useWorkspaces().find(({ isDemo, status }) => isDemo && status === 'ready')
  if (demo === undefined) return null
  return (
    <p className="note">
      <Anchor href={placesIn(demo.slug).home()}>{t('start.demo')}</Anchor>
    </p>
  )
}

/** To where a step is taken; whoever may not take it looks at what is there. */
function StepAction({ step, isDone, isOwn }: { step: FirstStep; isDone: boolean; isOwn: boolean }) {
  const { t } = useTranslation('home')
  const places = usePlaces()
  const href = {
    source: places.sources({ add: true }),
    event: places.live(),
    profile: places.people(),
    audience: places.audiences(isOwn ? { new: 'yes' } : {}),
    members: places.audiences({}),
    destination: places.destinations(isOwn ? { new: 'yes' } : {}),
    connection: places.destinations({}),
    colleague: places.team(),
  }[step]
  return (
    <Button component={Anchor} href={href} variant={isDone ? 'default' : 'filled'}>
      {t(isOwn ? `start.actions.${step}` : `start.looks.${step}`)}
    </Button>
  )
}
