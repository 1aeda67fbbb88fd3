import { createRandom } from './random.ts'
import { createZipf } from './zipf.ts'

/** One drawing: a person, by number, and the device that is used, by number over all people. */
export interface Drawn {
  person: number
  device: number
}

const DEVICES_EACH = 2
const MAIN_DEVICE_SHARE = 0.75

/** Says who does the next thing: people by a Zipf law, each with a main device and a second one. */
export class People {
  readonly #drawn: Drawn = { person: 0, device: 0 }
  readonly #random: () => number
  readonly #zipf: () => number

  constructor(size: number, seed: number) {
    this.#random = createRandom(seed)
    this.#zipf = createZipf(size, this.#random)
  }

  /** The same object each time, overwritten: this runs for every event sent. */
  draw(): Drawn {
    return this.set(this.#zipf(), this.#random() < MAIN_DEVICE_SHARE ? 0 : 1)
  }

  /** A named person on one of the devices. */
  set(person: number, device: number): Drawn {
    this.#drawn.person = person
    this.#drawn.device = person * DEVICES_EACH + device
    return this.#drawn
  }
}
