import css from './river.module.css'
import type { Water } from './river-model.ts'

/** The colour of a band, beside its name. */
export function WaterDot({ water }: { water: Water }) {
  return <span className={css.dot} data-water={water} aria-hidden />
}
