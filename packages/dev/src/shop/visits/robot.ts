import { SeededRandom } from '../../faults/seeded-random.ts'
import { SHOP_NAME, SITE } from '../data/campaigns.ts'
import { ROBOTS } from '../data/user-agents.ts'
import { DRAW, uuidOf } from '../seeds.ts'
import type { Story } from '../story.ts'
import { chooseAny } from './basket.ts'
import type { Visit } from './visit.ts'

/** A robot reads a few pages. It says what it is, and is nobody. */
export function crawl(story: Story, visit: Visit): void {
  const random = new SeededRandom(visit.seed)
  const userAgent = random.pick(ROBOTS)
  const anonymousId = uuidOf(visit.seed, DRAW.bots)
  let { at } = visit
  for (let pages = random.between(2, 6); pages > 0; pages--) {
    const product = chooseAny(random)
    const path = `/p/${product.slug}`
    const page = { path, url: `${SITE}${path}`, title: `${product.name} | ${SHOP_NAME}`, referrer: '' }
    story.tell({
      ...{ at, source: 'web', truth: null },
      event: {
        ...{ type: 'page', name: 'Product', anonymousId, properties: page },
        context: { library: { name: 'analytics.js', version: 'npm:next-1.81.0' }, userAgent, page },
      },
    })
    at += random.between(800, 6_000)
  }
}
