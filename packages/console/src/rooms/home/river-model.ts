import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { OpenOutcomesAnswer } from '@affluent/protocol/endpoints/outcomes'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import type { Places } from '../../app/places.ts'

/** A step of the processor whose name and hint stand in the words. */
export type StepName =
  | 'accepted'
  | 'duplicates'
  | 'filtered'
  | 'quarantined'
  | 'refused'
  | 'processed'
  | 'loaded'
  | 'delivered'
  | 'queued'
  | 'failed'
  | 'held'

export type Water = 'river' | 'quiet' | 'held' | 'warn' | 'bad' | 'good'

/** One count with its rate; its colour says the outcome, its address shows the events behind it. */
export interface Step {
  readonly name: StepName
  /** Per second. */
  readonly rate: number
  readonly total: number
  /** How many of these wait for somebody to repair or to dismiss them; absent where nobody has to. */
  readonly open?: number
  readonly water: Water
  readonly href: string
}

type Trouble = Exclude<DestinationAnswer['health']['state'], 'idle' | 'healthy'>

/** A source or a destination: an arm of the river that carries a share of it. */
export interface Arm {
  readonly key: string
  readonly name: string
  /** Of what flows, 0 to 1. */
  readonly share: number
  /** Events of the last hour, or deliveries of the last day. */
  readonly recent: number
  /** How many arms this one stands for, where there is no room for each. */
  readonly others?: number
  /** Of a destination that does not take what is queued for it: said before what it took. */
  readonly trouble?: Trouble | undefined
  readonly water: Water
  readonly href: string
}

/** Tributaries, river and delta as numbers. */
export interface River {
  readonly sources: readonly Arm[]
  readonly accepted: Step
  /** What leaves on the way. */
  readonly losses: readonly Step[]
  readonly processed: Step
  readonly loaded: Step
  readonly deliveries: readonly Step[]
  readonly delivered: Step
  readonly destinations: readonly Arm[]
  /** Where destinations are added. */
  readonly delta: string
  readonly lagMs: number
  /** from this lag on no more events are taken; null: they are, whatever it is */
  readonly lagMaxMs: number | null
}

const ARMS_SHOWN = 5

/** The river from what the server counts, with its rates per second. */
export function riverOf(
  pipeline: PipelineAnswer,
  rates: Readonly<Record<string, number>>,
  sources: readonly SourceAnswer[],
  destinations: readonly DestinationAnswer[],
  open: OpenOutcomesAnswer,
  places: Places,
): River {
  const step = (name: StepName, total: number, water: Water, href: string): Step => ({
    ...{ name, total, water, href },
    rate: rates[name] ?? 0,
  })
  const loss = (name: 'refused' | 'filtered' | 'quarantined', water: Water): Step => ({
    ...step(
      name,
      pipeline[name],
      water,
      places.live({ outcome: name, ...(open[name] > 0 ? { handling: 'open' } : {}) }),
    ),
    open: open[name],
  })
  const { deliveries } = pipeline
  return {
    sources: armsOf(
      sources.filter(({ enabled, lastHour }) => enabled || lastHour > 0),
      places.sources(),
      (source) => ({
        key: source.slug,
        name: source.name,
        recent: source.lastHour,
        water: 'river',
        href: places.live({ source: source.slug }),
      }),
    ),
    accepted: step('accepted', pipeline.accepted, 'river', places.live()),
    losses: [
      loss('refused', 'bad'),
      step('duplicates', pipeline.duplicates, 'quiet', places.live({ outcome: 'duplicate' })),
      loss('filtered', 'held'),
      loss('quarantined', 'warn'),
    ],
    processed: step('processed', pipeline.processed, 'river', places.live({ outcome: 'processed' })),
    loaded: step('loaded', pipeline.loaded, 'river', places.live()),
    delivered: step('delivered', deliveries.delivered, 'good', places.destinations()),
    deliveries: [
      step('queued', deliveries.queued, 'quiet', places.destinations()),
      step('failed', deliveries.failed, 'bad', places.destinations()),
      step('held', deliveries.held, 'held', places.destinations()),
    ],
    destinations: armsOf(destinations, places.destinations(), (destination) => ({
      key: destination.id,
      name: destination.name,
      recent: destination.health.last24h.delivered,
      trouble: troubleOf(destination),
      water: WATER_OF_HEALTH[destination.health.state],
      href: places.destination(destination.id),
    })),
    delta: places.destinations(),
    lagMs: pipeline.lagMs,
    lagMaxMs: pipeline.lagMaxMs,
  }
}

function troubleOf({ health: { state } }: DestinationAnswer): Trouble | undefined {
  return state === 'idle' || state === 'healthy' ? undefined : state
}

const WATER_OF_HEALTH: Readonly<Record<DestinationAnswer['health']['state'], Water>> = {
  idle: 'good',
  healthy: 'good',
  retrying: 'warn',
  failing: 'bad',
  stopped: 'bad',
  paused: 'held',
}

// The strongest arms by name, the weak ones together; where nothing has flowed yet, all alike.
function armsOf<Row>(
  rows: readonly Row[],
  all: string,
  read: (row: Row) => Omit<Arm, 'share'>,
): readonly Arm[] {
  const arms = rows.map(read).toSorted((a, b) => b.recent - a.recent)
  const sum = arms.reduce((total, { recent }) => total + recent, 0)
  const shared = arms.map((arm) => ({ ...arm, share: sum === 0 ? 1 / arms.length : arm.recent / sum }))
  if (shared.length <= ARMS_SHOWN) return shared
  const weak = shared.slice(ARMS_SHOWN - 1)
  const together: Arm = {
    key: 'others',
    name: '',
    others: weak.length,
    share: weak.reduce((total, { share }) => total + share, 0),
    recent: weak.reduce((total, { recent }) => total + recent, 0),
    water: weak.find(({ water }) => water === 'bad' || water === 'warn')?.water ?? weak[0]?.water ?? 'river',
    href: all,
  }
  return [...shared.slice(0, ARMS_SHOWN - 1), together]
}

const DRY_PIXELS = 3
const NARROWEST_PIXELS = 5
const DECADE_PIXELS = 12
const WIDEST_PIXELS = 56

/** How wide a band is drawn, in pixels: each tenfold rate adds the same, so that 1/s and 10,000/s are both seen. */
export function widthOf(rate: number): number {
  if (rate <= 0) return DRY_PIXELS
  return Math.min(WIDEST_PIXELS, NARROWEST_PIXELS + DECADE_PIXELS * Math.log10(1 + rate))
}
