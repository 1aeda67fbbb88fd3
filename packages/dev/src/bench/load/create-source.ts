import { makeIdentifyTemplate, makeTemplate, makeTrackTemplate } from '../mix/event-template.ts'
import { People } from '../mix/people.ts'
import { createRandom } from '../mix/random.ts'
import { EventRequests, type MessageNumbers } from './event-requests.ts'
import type { AgeRange, LoadTarget, RequestPlan } from './load-plan.ts'
import { ReadRequests } from './read-requests.ts'
import type { RequestSource } from './request-source.ts'

// distinct events: enough that no cache of texts flatters, few enough that the load tool stays small
const POOL_EVENTS = 25_600
const TEMPLATE_SEED = 7
const AGE_SEED = 70
const DAY_MS = 86_400_000

/** Builds the requests of a plan. */
export function createSource(plan: RequestPlan, target: LoadTarget, messages: MessageNumbers): RequestSource {
  const random = createRandom(TEMPLATE_SEED)
  const { writeKey, apiKey, batchPath } = target
  switch (plan.kind) {
    case 'batches': {
      const people = new People(plan.people, plan.seed)
      let left = plan.events ?? Number.POSITIVE_INFINITY
      const { ages } = plan
      return new EventRequests({
        ...{ batchSize: plan.size, messages, writeKey, batchPath },
        pool: Math.ceil(POOL_EVENTS / plan.size),
        template: () => makeTemplate(random),
        draw: () => (left-- > 0 ? people.draw() : undefined),
        ...(ages === undefined ? {} : { happenedAt: pastTimes(ages, plan.seed + AGE_SEED) }),
      })
    }
    case 'singles': {
      const people = new People(plan.people, plan.seed)
      return new EventRequests({
        ...{ batchSize: undefined, messages, writeKey },
        pool: POOL_EVENTS,
        template: () => makeTemplate(random),
        draw: () => people.draw(),
      })
    }
    case 'profiles': {
      const people = new People(1, 0)
      let next = plan.from
      return new EventRequests({
        ...{ batchSize: plan.size, messages, writeKey },
        pool: Math.ceil(POOL_EVENTS / plan.size),
        template: () => makeIdentifyTemplate(random),
        draw: () => (next < plan.to ? people.set(next++, 0) : undefined),
      })
    }
    case 'once': {
      const people = new People(1, 0)
      let next = 0
      let request = 0
      return new EventRequests({
        ...{ batchSize: plan.size, messages, writeKey },
        pool: Math.ceil(POOL_EVENTS / plan.size),
        template: () => makeTrackTemplate(plan.event),
        draw: () => (next < plan.to ? people.set(next++, 0) : undefined),
        happenedAt: () => Math.floor(plan.since + request++ * plan.stepMs),
      })
    }
    case 'reads': {
      const person = createRandom(plan.seed)
      return new ReadRequests(apiKey, () => Math.floor(person() * plan.people))
    }
  }
}

function pastTimes(ages: readonly AgeRange[], seed: number): (now: number) => number {
  const random = createRandom(seed)
  return (now) => {
    const [from, to] = ages[Math.floor(random() * ages.length)] as AgeRange
    return Math.floor(now - (from + random() * (to - from)) * DAY_MS)
  }
}
