import { Button } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useWorkspaces } from '../../api/workspaces.ts'
import { placesIn, usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { FirstEvent } from './first-event.tsx'
import { FirstSnippet } from './first-snippet.tsx'
import css from './first-steps.module.css'
import { type FirstStep, type FirstStepsState, STEPS } from './use-first-steps.ts'

/** From a source to a destination in five steps that tick by themselves. */
export function FirstSteps({ steps }: { steps: FirstStepsState }) {
  return steps.done === undefined ? null : <Steps done={steps.done} onHide={steps.hide} />
}

function Steps({ done, onHide }: { done: Readonly<Record<FirstStep, boolean>>; onHide: () => void }) {
  const { t } = useTranslation('home')
  const next = STEPS.find((step) => !done[step])
  // The open step stays open when it ticks: what has just arrived is to be seen.
  const [open, setOpen] = useState<FirstStep>(next ?? 'event')
  return (
    <section className={`card ${css.card}`} aria-label={t('start.title')}>
      <header className={css.head}>
        <h2>{t('start.title')}</h2>
        <span className="note">
          {t('start.progress', { done: STEPS.filter((step) => done[step]).length, all: STEPS.length })}
        </span>
        <span className="grow" />
        <Button variant="subtle" color="gray" size="xs" onClick={onHide}>
          {t('start.hide')}
        </Button>
      </header>
      {next === undefined && <p className={css.complete}>{t('start.complete')}</p>}
      <div className={css.body}>
        <ol className={css.steps}>
          {STEPS.map((step) => (
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
          {(open === 'event' || open === 'profile') && <FirstSnippet step={open} />}
          {open === 'event' && <FirstEvent />}
          {!done.event && <DemoLink />}
          <div className="row wrap">
            {open !== 'event' && <StepAction step={open} isDone={done[open]} />}
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
  const demo = useWorkspaces().find(({ isDemo, status }) => isDemo && status === 'ready')
  if (demo === undefined) return null
  return (
    <p className="note">
      <Anchor href={placesIn(demo.slug).home}>{t('start.demo')}</Anchor>
    </p>
  )
}

function StepAction({ step, isDone }: { step: FirstStep; isDone: boolean }) {
  const { t } = useTranslation('home')
  const places = usePlaces()
  const href = {
    source: places.sources({ add: true }),
    event: places.live(),
    profile: places.people(),
    audience: places.audiences({ new: 'yes' }),
    destination: places.destinations({ new: 'yes' }),
  }[step]
  return (
    <Button component={Anchor} href={href} variant={isDone ? 'default' : 'filled'}>
      {t(`start.actions.${step}`)}
    </Button>
  )
}
