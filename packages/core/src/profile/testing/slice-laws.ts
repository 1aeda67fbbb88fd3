import fc from 'fast-check'
import type { EncodedState, Slice } from '../slice.ts'

/** An event at its place in a generated life. */
export interface LifeEvent<What> {
  readonly what: What
  /** which of the fragments learns it */
  readonly fragment: number
  readonly position: number
  /** event time, and the workspace's time when it comes: milliseconds since the epoch */
  readonly time: number
  readonly clock: number
}

/** What the laws need to know of a slice. */
export interface SliceCase<State, What, Found = never> {
  readonly slice: Slice<State>
  readonly what: fc.Arbitrary<What>
  /** Lets a fragment learn an event. */
  note(state: State, event: LifeEvent<What>): void
  /** What is seen of a profile, from the fold of its fragments; as plain values. */
  view(folded: State, now: number): unknown
  /** The slices beside it that it tells something when it wakes. */
  readonly beside?: () => unknown
  /** Asks what is derived of a profile anew; the first state is that of the fragment that stands for it. */
  readonly ask?: (profile: readonly State[], now: number) => void
  readonly history?: {
    /** what ClickHouse would find of events as of a moment; undefined: nothing */
    find(events: readonly LifeEvent<What>[], clock: number): Found | undefined
    take(state: State, found: Found, clock: number): void
  }
}

/** How thoroughly the laws are tried. */
export interface LawEffort {
  readonly lives: number
  /** the most events of a life */
  readonly steps: number
  /** the same lives at each run, and the first that shows a broken law instead of the smallest */
  readonly first?: { readonly seed: number }
}

const FRAGMENTS = 3
const START = Date.UTC(2026, 3, 1)
const MINUTE = 60_000
const SPANS = [1, MINUTE, 30 * MINUTE, 60 * MINUTE, 90 * MINUTE, 24 * 60 * MINUTE]

/**
 * Tries every law of a slice on generated lives of a few fragments.
 * @throws with the name of the law that does not hold, and the smallest life that shows it
 */
export function checkSliceLaws<State, What, Found>(
  tried: SliceCase<State, What, Found>,
  { lives, steps, first }: LawEffort,
): void {
  fc.assert(
    fc.property(arbitraryLife(tried.what, steps), fc.nat(steps), ({ events, end }, cut) => {
      const laws = new Laws(tried, events, end)
      laws.encode(cut)
      laws.fold()
      laws.join()
      laws.part(cut)
      laws.due()
      laws.history(cut)
    }),
    { numRuns: lives, ...(first === undefined ? {} : { ...first, endOnFailure: true }) },
  )
}

function arbitraryLife<What>(what: fc.Arbitrary<What>, steps: number) {
  const step = fc.record({
    what,
    fragment: fc.nat(FRAGMENTS - 1),
    wait: fc.constantFrom(0, 1, MINUTE, 60 * MINUTE),
    shift: fc.constantFrom(0, 0, 0, -1, -MINUTE, -60 * MINUTE, MINUTE, 45 * MINUTE, 90 * MINUTE),
  })
  return fc.array(step, { minLength: 1, maxLength: steps, size: 'max' }).map((said) => {
    let clock = START
    const events = said.map(({ wait, shift, ...event }, index): LifeEvent<What> => {
      clock += wait
      return { ...event, position: index + 1, time: clock + shift, clock }
    })
    return { events, end: clock }
  })
}

class Laws<State, What, Found> {
  readonly #case: SliceCase<State, What, Found>
  readonly #events: readonly LifeEvent<What>[]
  readonly #end: number

  constructor(tried: SliceCase<State, What, Found>, events: readonly LifeEvent<What>[], end: number) {
    this.#case = tried
    this.#events = events
    this.#end = end
  }

  /** However fragments are put together, they say the same: what one fragment says that has learnt it all. */
  fold(): void {
    const { slice } = this.#case
    const states = this.#apart()
    const [a, b, c] = states as [State, State, State]
    const before = states.map((state) => this.#text(state))
    const whole = this.#view(slice.fold(states))
    const after = states.map((state) => this.#text(state))
    must('fold leaves the states as they are', before, after)
    const same = (folded: State, law: string) => must(law, whole, this.#view(folded))
    same(slice.fold([c, a, b]), 'fold is commutative')
    same(slice.fold([b, c, a]), 'fold is commutative')
    same(slice.fold([slice.fold([a, b]), c]), 'fold is associative')
    same(slice.fold([a, slice.fold([b, c])]), 'fold is associative')
    same(slice.fold([a, slice.empty(), b, c]), 'fold: empty adds nothing')
    if (this.#case.ask === undefined) same(slice.fold([this.#alone()]), 'fold says what one fragment says')
  }

  /** A merge loses nothing and doubles nothing. */
  join(): void {
    const { slice } = this.#case
    const states = this.#apart()
    const before = this.#view(slice.fold(states))
    const [kept, ...others] = states as [State, ...State[]]
    for (const merged of others) {
      const text = this.#text(merged)
      const isChanged = slice.join(kept, merged)
      must('join says whether the merged one is another', this.#text(merged) !== text, isChanged)
      must('join moves nothing twice', slice.join(kept, merged), false)
    }
    must('join loses nothing', before, this.#view(slice.fold(states)))
    this.#ask(states, this.#end)
    must('join: together they are one person', this.#view(this.#alone()), this.#view(slice.fold(states)))
  }

  /** After an un-merge each side is what it would be if it had never been merged. */
  part(cut: number): void {
    const { slice } = this.#case
    const side = (fragments: readonly number[]) => {
      const states = this.#fresh()
      const own = fragments.map((index) => states[index] as State)
      const [first, ...others] = own as [State, ...State[]]
      for (const other of others) slice.join(first, other)
      for (const event of this.#events) {
        if (fragments.includes(event.fragment)) this.#learn(states, event)
        this.#wake(own, event.clock)
      }
      this.#ask(own, this.#end)
      return this.#view(slice.fold(own))
    }
    const states = this.#fresh()
    for (const [index, event] of this.#events.entries()) {
      if (index === Math.min(cut, this.#events.length - 1)) {
        const [kept, ...others] = states as [State, ...State[]]
        for (const merged of others) slice.join(kept, merged)
        this.#ask(states, event.clock)
      }
      this.#learn(states, event)
      this.#wake(states, event.clock)
      if (index >= cut) this.#ask(states, event.clock)
    }
    for (const state of states) {
      const text = this.#text(state)
      must('part says whether it is another', slice.part(state), this.#text(state) !== text)
    }
    const sides = [[0], [1, 2]].map((fragments) => {
      const own = fragments.map((index) => states[index] as State)
      this.#ask(own, this.#end)
      return this.#view(slice.fold(own))
    })
    must('part restores', [side([0]), side([1, 2])], sides)
  }

  /** Before a slice is due time changes nothing; when it is due, something comes and it is due later. */
  due(): void {
    const { slice } = this.#case
    const states = this.#apart()
    const [kept, ...others] = states as [State, ...State[]]
    for (const merged of others) slice.join(kept, merged)
    this.#ask(states, this.#end)
    this.#wake(states, this.#end)
    const before = this.#view(slice.fold(states))
    const due = Math.min(...states.map((state) => slice.dueAt(state)))
    must('wake: what was due is due no more', due > this.#end, true)
    const moments = SPANS.map((span) => this.#end + span).filter((moment) => moment < due)
    if (due < Number.POSITIVE_INFINITY) moments.push(due - 1)
    for (const moment of moments) {
      const then = states.map((state) => this.#copy(state))
      this.#wake(then, moment)
      this.#ask(then, moment)
      must('dueAt: nothing changes by time alone before it', before, this.#view(slice.fold(then)))
    }
    for (const state of states) {
      const own = slice.dueAt(state)
      if (own === Number.POSITIVE_INFINITY) continue
      const isWoken = slice.wake(state, own, this.#case.beside?.())
      this.#ask(states, own)
      must('wake: what was due is due no more', slice.dueAt(state) > own, true)
      if (this.#case.ask === undefined) must('wake says that something has come', isWoken, true)
    }
  }

  /** A state has one text, and what is read back lives on as it would have. */
  encode(cut: number): void {
    const { slice } = this.#case
    must(
      'encode: nothing known is read back as such',
      this.#text(slice.empty()),
      this.#text(this.#copy(slice.empty())),
    )
    const kept = this.#fresh()
    let stored = this.#fresh()
    for (const [index, event] of this.#events.entries()) {
      for (const states of [kept, stored]) {
        this.#learn(states, event)
        this.#wake(states, event.clock)
      }
      if (index % (cut + 1) === 0) stored = stored.map((state) => this.#copy(state))
    }
    for (const states of [kept, stored]) for (const state of states) this.#ask([state], this.#end)
    const texts = (states: readonly State[]) => states.map((state) => this.#text(state))
    must('encode: stored and kept have one text', texts(kept), texts(stored))
    const copies = stored.map((state) => this.#copy(state))
    must(
      'encode: what is read back says the same',
      this.#view(slice.fold(kept)),
      this.#view(slice.fold(copies)),
    )
  }

  /** Taking the past later is as if it had been there from the start. */
  history(cut: number): void {
    const { history, slice } = this.#case
    if (history === undefined) return
    const past = this.#events.slice(0, cut)
    const clock = past.at(-1)?.clock ?? START
    const states = this.#fresh()
    for (const event of this.#events.slice(cut)) this.#learn(states, event)
    for (const [fragment, state] of states.entries()) {
      const found = history.find(
        past.filter((event) => event.fragment === fragment),
        clock,
      )
      if (found !== undefined) history.take(state, JSON.parse(JSON.stringify(found)) as Found, clock)
    }
    this.#ask(states, this.#end)
    must(
      'takeHistory: as if it had been kept',
      this.#view(slice.fold(this.#apart())),
      this.#view(slice.fold(states)),
    )
  }

  #fresh(): State[] {
    return Array.from({ length: FRAGMENTS }, () => this.#case.slice.empty())
  }

  /** Each fragment, as a profile of its own, has learnt its events. */
  #apart(): State[] {
    const states = this.#fresh()
    for (const event of this.#events) {
      this.#learn(states, event)
      this.#wake(states, event.clock)
    }
    for (const state of states) this.#ask([state], this.#end)
    return states
  }

  /** One fragment has learnt everything. */
  #alone(): State {
    const state = this.#case.slice.empty()
    for (const event of this.#events) {
      this.#case.note(state, event)
      this.#wake([state], event.clock)
    }
    this.#ask([state], this.#end)
    return state
  }

  #learn(states: readonly State[], event: LifeEvent<What>): void {
    this.#case.note(states[event.fragment] as State, event)
  }

  #wake(states: readonly State[], now: number): void {
    for (const state of states) this.#case.slice.wake(state, now, this.#case.beside?.())
  }

  #ask(profile: readonly State[], now: number): void {
    this.#case.ask?.(profile, now)
  }

  #view(folded: State): unknown {
    return this.#case.view(folded, this.#end)
  }

  #text(state: State): string {
    const into: EncodedState = {}
    this.#case.slice.encode(state, into)
    return JSON.stringify(into)
  }

  #copy(state: State): State {
    return this.#case.slice.decode(JSON.parse(this.#text(state)) as EncodedState)
  }
}

function must(law: string, expected: unknown, found: unknown): void {
  const [a, b] = [expected, found].map((value) => JSON.stringify(value))
  if (a !== b) throw new Error(`${law}\nexpected: ${a}\nfound:    ${b}`)
}
