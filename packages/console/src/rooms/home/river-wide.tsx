import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { May } from '../../pieces/may.tsx'
import css from './river.module.css'
import type { River } from './river-model.ts'
import { StepValue } from './step-value.tsx'
import { useArmWords } from './use-arm-words.ts'
import { useRateWords } from './use-rate-words.ts'
import { layOutWide, type StepPlace, type Stroke, type WideLayout } from './wide-layout.ts'

/** Tributaries at the left, the river in the middle, the delta at the right; what leaves flows down. */
export function RiverWide({ river, width }: { river: River; width: number }) {
  const { t } = useTranslation('home')
  const formats = useFormats()
  const say = useRateWords()
  const layout = layOutWide(river, width)
  return (
    <div className={css.wide} style={{ height: layout.height }}>
      <Picture layout={layout} width={width} hasMouth={river.destinations.length === 0} />
      <p className="unseen">
        {t('river.summary', {
          accepted: say(river.accepted.rate),
          processed: say(river.processed.rate),
          delivered: formats.number(river.delivered.total),
        })}
      </p>
      <ArmNames places={layout.sources} side="left" rate={river.accepted.rate} width={layout.label} />
      {layout.above.map((place) => (
        <StepName key={place.step.name} place={place} isAbove />
      ))}
      {layout.below.map((place) => (
        <StepName key={place.step.name} place={place} />
      ))}
      <ArmNames places={layout.destinations} side="right" rate={river.delivered.rate} width={layout.label} />
      {river.destinations.length === 0 && (
        <May to="destinations:edit">
          <Anchor
            href={river.delta}
            className={css.arm}
            style={{ top: layout.mouth.y, width: layout.label, right: 0 }}
          >
            {t('river.noDestination')}
          </Anchor>
        </May>
      )}
    </div>
  )
}

function Picture({ layout, width, hasMouth }: { layout: WideLayout; width: number; hasMouth: boolean }) {
  const { river, mouth } = layout
  return (
    <svg width={width} height={layout.height} className={css.picture} aria-hidden focusable="false">
      {layout.tributaries.map((stroke) => (
        <Band key={stroke.key} stroke={stroke} />
      ))}
      {layout.losses.map((stroke) => (
        <Band key={stroke.key} stroke={stroke} />
      ))}
      <path d={river.outline} className={css.water} data-dry={river.isDry || undefined} />
      {!river.isDry && <path d={river.middle} className={css.flow} strokeWidth={2} />}
      {layout.delta.map((stroke) => (
        <Band key={stroke.key} stroke={stroke} />
      ))}
      {hasMouth && (
        <>
          <linearGradient id="river-mouth" className={css.fade} data-dry={river.isDry || undefined}>
            <stop offset="0" stopOpacity="1" />
            <stop offset="1" stopOpacity="0" />
          </linearGradient>
          <rect
            x={mouth.x - 0.5}
            y={mouth.y - mouth.height / 2}
            width={mouth.width}
            height={mouth.height}
            fill="url(#river-mouth)"
          />
          <path d={`M${mouth.x} ${mouth.y}h${mouth.width}`} className={css.planned} />
        </>
      )}
    </svg>
  )
}

function Band({ stroke: { path, width, water, flows } }: { stroke: Stroke }) {
  return (
    <>
      <path d={path} className={css.band} data-water={water} strokeWidth={width} />
      {flows && <path d={path} className={css.flow} strokeWidth={Math.min(2, width / 2)} />}
    </>
  )
}

interface ArmNamesProps {
  places: WideLayout['sources']
  side: 'left' | 'right'
  /** Of all arms together. */
  rate: number
  width: number
}

function ArmNames({ places, side, rate, width }: ArmNamesProps) {
  const { nameOf, valueOf } = useArmWords(side === 'left' ? 'source' : 'destination')
  return places.map(({ arm, y }) => (
    <Anchor key={arm.key} href={arm.href} className={css.arm} style={{ top: y, width, [side]: 0 }}>
      <span className={css.name}>{nameOf(arm)}</span>
      <span className={css.value}>{valueOf(arm, rate)}</span>
    </Anchor>
  ))
}

function StepName({ place: { step, x, y }, isAbove = false }: { place: StepPlace; isAbove?: boolean }) {
  const { t } = useTranslation('home')
  return (
    <Anchor
      href={step.href}
      title={t(`river.hints.${step.name}`)}
      className={css.step}
      data-above={isAbove || undefined}
      style={{ left: x, top: y }}
    >
      <span className={css.name}>{t(`river.steps.${step.name}`)}</span>
      <span className={css.value}>
        <StepValue step={step} />
      </span>
    </Anchor>
  )
}
