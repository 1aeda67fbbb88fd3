import { makeIdentifyTemplate, makeTemplate } from '../mix/event-template.ts'
import { People } from '../mix/people.ts'
import { createRandom } from '../mix/random.ts'
import { EventRequests, type MessageNumbers } from './event-requests.ts'
import type { LoadTarget, RequestPlan } from './load-plan.ts'
import { ReadRequests } from './read-requests.ts'
import type { RequestSource } from './request-source.ts'

// distinct events: enough that no cache of texts flatters, few enough that the load tool stays small
const POOL_EVENTS = 25_600
const TEMPLATE_SEED = 7

/** Builds the requests of a plan. */
export function createSource(plan: RequestPlan, target: LoadTarget, messages: MessageNumbers): RequestSource {
  const random = createRandom(TEMPLATE_SEED)
  const { writeKey, apiKey } = target
  switch (plan.kind) {
    case 'batches':
    case 'singles': {
      const people = new People(plan.people, plan.seed)
      const batchSize = plan.kind === 'batches' ? plan.size : undefined
      return new EventRequests({
        ...{ batchSize, messages, writeKey },
        pool: Math.ceil(POOL_EVENTS / (batchSize ?? 1)),
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
    case 'reads': {
      const person = createRandom(plan.seed)
      return new ReadRequests(apiKey, () => Math.floor(person() * plan.people))
    }
  }
}
