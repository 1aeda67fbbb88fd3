import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Anchor } from '../../pieces/anchor.tsx'
import css from './river.module.css'
import { type Arm, type River, type Step, type Water, widthOf } from './river-model.ts'
import { StepValue } from './step-value.tsx'
import { useArmWords } from './use-arm-words.ts'

const MIDDLE = 24
const EDGE = 56
const WIDEST = 32

/** The river from top to bottom, a row for each arm and step: for narrow screens. */
export function RiverNarrow({ river }: { river: River }) {
  const { sources, destinations } = river
  const [source, destination] = [useArmWords('source'), useArmWords('destination')]
  const [accepted, processed] = [river.accepted.rate, river.processed.rate]
  const delivered = river.delivered.rate
  return (
    <ul className={css.narrow}>
      {sources.map((arm, index) => (
        <ArmRow key={arm.key} arm={arm} name={source.nameOf(arm)} value={source.valueOf(arm, accepted)}>
          <Rows
            main={index === 0 ? undefined : accepted}
            arm={accepted * arm.share}
            water={arm.water}
            turns="in"
          />
        </ArmRow>
      ))}
      <StepRow step={river.accepted}>
        <Rows main={accepted} />
      </StepRow>
      {river.losses.map((loss) => (
        <StepRow key={loss.name} step={loss}>
          <Rows main={accepted} arm={loss.rate} water={loss.water} turns="out" />
        </StepRow>
      ))}
      <StepRow step={river.processed}>
        <Rows main={processed} />
      </StepRow>
      <StepRow step={river.loaded}>
        <Rows main={processed} />
      </StepRow>
      {destinations.map((arm, index) => (
        <ArmRow
          key={arm.key}
          arm={arm}
          name={destination.nameOf(arm)}
          value={destination.valueOf(arm, delivered)}
        >
          <Rows
            main={delivered}
            isLast={index === destinations.length - 1}
            arm={delivered * arm.share}
            water={arm.water}
            turns="out"
          />
        </ArmRow>
      ))}
    </ul>
  )
}

interface ArmRowProps {
  arm: Arm
  name: string
  value: string
  children: ReactNode
}

function ArmRow({ arm, name, value, children }: ArmRowProps) {
  return (
    <li>
      <Anchor href={arm.href} className={css.line}>
        {children}
        <span className={css.name}>{name}</span>
        <span className={css.value}>{value}</span>
      </Anchor>
    </li>
  )
}

function StepRow({ step, children }: { step: Step; children: ReactNode }) {
  const { t } = useTranslation('home')
  return (
    <li>
      <Anchor href={step.href} className={css.line}>
        {children}
        <span className={css.name}>{t(`river.steps.${step.name}`)}</span>
        <span className={css.value}>
          <StepValue step={step} />
        </span>
      </Anchor>
    </li>
  )
}

interface RowsProps {
  /** Rate of the river in this row; undefined above its beginning. */
  main: number | undefined
  isLast?: boolean
  arm?: number
  water?: Water
  turns?: 'in' | 'out'
}

// One row of the picture: the river from top to bottom, and an arm that joins or leaves.
function Rows({ main, isLast = false, arm, water, turns }: RowsProps) {
  const bend =
    turns === 'in'
      ? `M${EDGE} 20C${MIDDLE + 8} 20 ${MIDDLE} 22 ${MIDDLE} 40`
      : `M${MIDDLE} 0C${MIDDLE} 18 ${MIDDLE + 8} 20 ${EDGE} 20`
  return (
    <svg width={EDGE} height={40} className={css.bend} aria-hidden focusable="false">
      {main !== undefined && !isLast && (
        <path
          d={`M${MIDDLE} 0V40`}
          className={css.band}
          data-water={main > 0 ? 'river' : undefined}
          strokeWidth={Math.min(WIDEST, widthOf(main))}
        />
      )}
      {turns !== undefined && (
        <path
          d={bend}
          className={css.band}
          data-water={(arm ?? 0) > 0 ? water : undefined}
          strokeWidth={Math.min(WIDEST / 2, widthOf(arm ?? 0))}
        />
      )}
    </svg>
  )
}
