import { type Arm, type River, type Step, type Water, widthOf } from './river-model.ts'

/** One stroke of the picture. */
export interface Stroke {
  readonly key: string
  readonly path: string
  /** In pixels. */
  readonly width: number
  /** undefined: a dry bed. */
  readonly water: Water | undefined
  readonly flows: boolean
}

/** Where everything stands, in pixels from the upper left corner. */
export interface WideLayout {
  readonly height: number
  /** How wide the names at either side may be. */
  readonly label: number
  readonly tributaries: readonly Stroke[]
  readonly losses: readonly Stroke[]
  readonly delta: readonly Stroke[]
  readonly river: { readonly outline: string; readonly middle: string; readonly isDry: boolean }
  /** Where the river ends without a destination. */
  readonly mouth: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
  readonly sources: ReadonlyArray<{ readonly arm: Arm; readonly y: number }>
  readonly destinations: ReadonlyArray<{ readonly arm: Arm; readonly y: number }>
  readonly above: readonly StepPlace[]
  readonly below: readonly StepPlace[]
}

export interface StepPlace {
  readonly step: Step
  readonly x: number
  readonly y: number
}

const ROW = 48
const ROWS_LEAST = 2
const TOP_LEAST = 12
const LABEL_ABOVE = 52
const LABEL_GAP = 8
const LABEL_SHARE = 0.14
const LABEL_LEAST = 112
const LABEL_MOST = 168
const LOSS_DROP = 48
const LOSS_WIDEST = 24
const LOSS_REACH = 24
const BOTTOM = 44
// The river's own bed is never thinner.
const BED = 14
const ARM_THINNEST = 1.5

/** Lays the river out from left to right: tributaries, river, delta; what leaves on the way falls down. */
export function layOutWide(river: River, width: number): WideLayout {
  const { sources, destinations, losses } = river
  const area = Math.max(sources.length, destinations.length, ROWS_LEAST) * ROW
  const before = Math.max(BED, widthOf(river.accepted.rate))
  const after = Math.max(BED, widthOf(river.processed.rate))
  // The labels above the river need room where few arms leave little.
  const top = Math.max(TOP_LEAST, LABEL_ABOVE + Math.max(before, after) / 2 - area / 2)
  const mid = top + area / 2
  const ground = top + area + LOSS_DROP
  const label = Math.min(LABEL_MOST, Math.max(LABEL_LEAST, width * LABEL_SHARE))
  const [from, until] = [label + 12, width - label - 12]
  const [join, split] = [from + (until - from) * 0.2, from + (until - from) * 0.8]
  const rowsOf = (arms: readonly Arm[]) =>
    arms.map((arm, index) => ({ arm, y: mid + (index - (arms.length - 1) / 2) * ROW }))
  const lossAt = (index: number) => join + (split - join) * (0.14 + index * 0.2)
  const [rowsIn, rowsOut] = [rowsOf(sources), rowsOf(destinations)]
  return {
    height: ground + BOTTOM,
    label,
    sources: rowsIn,
    destinations: rowsOut,
    tributaries: beds(rowsIn, river.accepted.rate, (y, offset) => curve(from, y, join, mid + offset)),
    delta: beds(rowsOut, river.delivered.rate, (y, offset) => curve(split, mid + offset, until, y)),
    losses: losses.map(({ name, rate, water }, index) => {
      const thick = Math.min(widthOf(rate), LOSS_WIDEST)
      const path = fall(lossAt(index), mid + (before - thick) / 2, ground - 14)
      return { key: name, path, width: thick, water: rate > 0 ? water : undefined, flows: rate > 0 }
    }),
    river: {
      outline: outline(join, split, mid, before, after),
      middle: `M${join} ${mid}H${split}`,
      isDry: river.accepted.rate <= 0 && river.processed.rate <= 0,
    },
    mouth: { x: split, y: mid, width: until - split, height: after },
    above: [
      { step: river.accepted, x: join, y: mid - before / 2 - LABEL_GAP },
      { step: river.processed, x: (join + split) / 2, y: mid - before / 2 - LABEL_GAP },
      { step: river.loaded, x: split, y: mid - after / 2 - LABEL_GAP },
    ],
    below: losses.map((step, index) => ({ step, x: lossAt(index) + LOSS_REACH, y: ground - 10 })),
  }
}

// Arms lie side by side where they meet the river, as wide as their shares of it.
function beds(
  rows: ReadonlyArray<{ arm: Arm; y: number }>,
  rate: number,
  path: (y: number, offset: number) => string,
): readonly Stroke[] {
  const whole = widthOf(rate)
  let edge = -whole / 2
  return rows.map(({ arm, y }) => {
    const thick = whole * arm.share
    const offset = edge + thick / 2
    edge += thick
    const flows = rate > 0 && arm.share > 0
    const isTroubled = arm.water === 'warn' || arm.water === 'bad' || arm.water === 'held'
    return {
      key: arm.key,
      path: path(y, rate > 0 ? offset : 0),
      width: flows ? Math.max(ARM_THINNEST, thick) : widthOf(0),
      // Trouble is seen though nothing flows: that is why.
      water: flows || isTroubled ? arm.water : undefined,
      flows,
    }
  })
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const half = (x1 + x2) / 2
  return `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`
}

// Leaves the river along its flow and turns down.
function fall(x: number, y1: number, y2: number): string {
  const down = x + LOSS_REACH
  return `M${x - 32} ${y1}C${x + 12} ${y1} ${down} ${y1 + 24} ${down} ${y2}`
}

// From the width before to the width after, with a soft step where most leaves.
function outline(x1: number, x2: number, mid: number, before: number, after: number): string {
  const [a, b] = [x1 + (x2 - x1) * 0.3, x1 + (x2 - x1) * 0.75]
  const half = (a + b) / 2
  const [up, down] = [mid - before / 2, mid + before / 2]
  const [upAfter, downAfter] = [mid - after / 2, mid + after / 2]
  return [
    `M${x1} ${up}H${a}C${half} ${up} ${half} ${upAfter} ${b} ${upAfter}H${x2}`,
    `V${downAfter}H${b}C${half} ${downAfter} ${half} ${down} ${a} ${down}H${x1}Z`,
  ].join('')
}
