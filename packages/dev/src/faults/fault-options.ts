import { PLANT_NAMES, type PlantName } from './plants.ts'

export const LOOPS = [
  'kills',
  'cuts',
  'disk',
  'lease',
  'stop',
  'twice',
  'answers',
  'deliveries',
  'plants',
] as const
export type LoopName = (typeof LOOPS)[number]

export interface FaultOptions {
  readonly kills: number
  readonly cuts: number
  readonly lostAnswers: number
  /** how long receivers are bad in the loop deliveries */
  readonly badSeconds: number
  readonly deliveryKills: number
  readonly seed: number
  readonly loops: ReadonlySet<LoopName>
  /** faults to plant; each must be found */
  readonly plants: readonly PlantName[]
  /** leave data directories of failed loops for a look */
  readonly keep: boolean
}

const USAGE = `npm run faults [-- options]
  --kills N    kill -9 at N random moments (200)
  --cuts N     N power cuts (50)
  --bad N      receivers are bad for N seconds in the loop deliveries (300)
  --seed N     repeat the random choices of a run
  --ci         10 kills, 10 cuts, one planted fault: a few minutes
  --only A,B   only these of ${LOOPS.join(', ')}
  --plant X    only show that this planted fault is found: ${PLANT_NAMES.join(', ')}
  --keep       leave the data directories of failed loops`

/**
 * Reads the command line.
 * @throws Error that says what is wrong
 */
export function readOptions(args: readonly string[]): FaultOptions {
  const given = new Map<string, string>()
  for (let at = 0; at < args.length; at++) {
    const name = args[at] as string
    if (['--ci', '--keep', '--help'].includes(name)) given.set(name, '')
    else if (['--kills', '--cuts', '--bad', '--seed', '--only', '--plant'].includes(name)) {
      at++
      given.set(name, args[at] ?? '')
    } else throw new Error(`${name} is not known.\n${USAGE}`)
  }
  if (given.has('--help')) throw new Error(USAGE)
  const ci = given.has('--ci')
  const plant = given.get('--plant')
  if (plant !== undefined && !isPlant(plant)) throw new Error(`--plant ${plant} is not known.\n${USAGE}`)
  return {
    kills: count(given.get('--kills'), ci ? 10 : 200),
    cuts: count(given.get('--cuts'), ci ? 10 : 50),
    lostAnswers: ci ? 200 : 1_000,
    badSeconds: count(given.get('--bad'), ci ? 20 : 300),
    deliveryKills: ci ? 3 : 6,
    seed: count(given.get('--seed'), Date.now() % 2 ** 31),
    loops: plant === undefined ? loopsOf(given.get('--only')) : new Set<LoopName>(['plants']),
    plants: plant !== undefined ? [plant] : ci ? ['ack-before-commit'] : PLANT_NAMES,
    keep: given.has('--keep'),
  }
}

function isPlant(name: string): name is PlantName {
  return (PLANT_NAMES as readonly string[]).includes(name)
}

function loopsOf(text: string | undefined): ReadonlySet<LoopName> {
  if (text === undefined) return new Set(LOOPS)
  const names = text.split(',')
  const unknown = names.find((name) => !(LOOPS as readonly string[]).includes(name))
  if (unknown !== undefined) throw new Error(`--only ${unknown} is not known.\n${USAGE}`)
  return new Set(names as LoopName[])
}

function count(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`"${text}" is no whole number.\n${USAGE}`)
}
