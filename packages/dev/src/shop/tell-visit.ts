import type { Story } from './story.ts'
import { browse } from './visits/browse.ts'
import { exportRecord } from './visits/customer-file.ts'
import { askAnything } from './visits/helpdesk.ts'
import { leaveNewsletter, sendNewsletter } from './visits/newsletter.ts'
import { plantFault } from './visits/planted-fault.ts'
import { crawl } from './visits/robot.ts'
import { payAtTill } from './visits/till-ticket.ts'
import type { Visit } from './visits/visit.ts'

/** Tells all that a visit brings, now and in the days after. */
export function tellVisit(story: Story, visit: Visit): void {
  switch (visit.kind) {
    case 'browse':
      return browse(story, visit)
    case 'sign_up':
      return browse(story, visit, { signsUp: true })
    case 'subscribe':
      return browse(story, visit, { subscribes: true })
    case 'till':
      return payAtTill(story, visit)
    case 'customer_record':
    case 'twin_record':
    case 'record_change':
      return exportRecord(story, visit)
    case 'newsletter':
      return sendNewsletter(story, visit)
    case 'leave':
      return leaveNewsletter(story, visit)
    case 'question':
      return askAnything(story, visit)
    case 'robot':
      return crawl(story, visit)
    case 'fault':
      return plantFault(story, visit)
  }
}
