import type { Latency } from './histogram.ts'

/**
 * What is sent. Everything follows from the seed, except the message ids, which never repeat while a load tool lives.
 */
export type RequestPlan =
  /** the mix, `size` events a request */
  | {
      readonly kind: 'batches'
      readonly size: number
      readonly people: number
      readonly seed: number
      /** ends after so many; endless when absent */
      readonly events?: number
      /** how long ago events happened; each request draws one stretch, then a moment in it; now when absent */
      readonly ages?: readonly AgeRange[]
    }
  /** the mix, one event a request */
  | { readonly kind: 'singles'; readonly people: number; readonly seed: number }
  /** one identify for each person from `from` up to `to` (excluded), `size` events a request */
  | { readonly kind: 'profiles'; readonly size: number; readonly from: number; readonly to: number }
  /** one event for each person from 0 up to `to` (excluded), request number k of those at `since` + k * `stepMs` */
  | {
      readonly kind: 'once'
      readonly size: number
      readonly to: number
      readonly event: string
      /** milliseconds since the epoch */
      readonly since: number
      readonly stepMs: number
    }
  /** reads of the profiles of people, all equally likely */
  | { readonly kind: 'reads'; readonly people: number; readonly seed: number }

/** In days, the longer one second. */
export type AgeRange = readonly [from: number, to: number]

/** Where it is sent, and with which keys. */
export interface LoadTarget {
  /** this machine when absent */
  readonly host?: string
  readonly port: number
  /** takes batches; ours when absent. Of another collector a 200 acknowledges the whole batch, whatever it says. */
  readonly batchPath?: string
  readonly writeKey: string
  readonly apiKey: string
}

interface PlanBase {
  readonly target: LoadTarget
  readonly connections: number
  readonly seconds: number
  /** seconds before the measured time */
  readonly warmUp: number
}

export type LoadPlan =
  /** each connection sends its next request when the last one was answered */
  | (PlanBase & {
      readonly kind: 'closed'
      readonly requests: RequestPlan
      /** wait for `allow` messages instead of sending all that goes */
      readonly paced: boolean
    })
  /**
   * requests at fixed times, however long the answers take; latency counts from the time at which a request should have
   * gone
   */
  | (PlanBase & { readonly kind: 'open'; readonly requests: RequestPlan; readonly rate: number })
  /** as `open`, and beside it probes that let a person enter an audience and look for it in the profile */
  | (PlanBase & {
      readonly kind: 'visible'
      readonly people: number
      readonly seed: number
      readonly rate: number
      readonly probeRate: number
      readonly probe: ProbePlan
    })

/** An event, and the audience that whoever does it enters. */
export interface ProbePlan {
  readonly event: string
  readonly audience: string
}

/** What came of probes. */
export interface ProbeReport {
  /** from when the event should have been sent until the membership was read */
  readonly latency: Latency
  /** people who have entered, warm-up too */
  readonly entered: number
  /** reads with `?after=` that did not show the membership yet */
  readonly early: number
}

/** What came of it. */
export interface LoadReport {
  /** seconds of the measured time */
  readonly seconds: number
  /** requests answered with 200 in the measured time */
  readonly requests: number
  /** events acknowledged in the measured time */
  readonly events: number
  /** events acknowledged in all, warm-up and tail too */
  readonly eventsInAll: number
  /** events sent and not acknowledged, for which the server may have kept some */
  readonly eventsInDoubt: number
  /** answers other than 200, and connections lost, counted */
  readonly errors: Readonly<Record<string, number>>
  readonly latency: Latency
  /** open loop: how late requests went out, which is the load tool's own share of the latency and time in its queue */
  readonly lateness: Latency
  readonly probes?: ProbeReport
}

/** To the load tool's process. */
export type ToolRequest =
  | { readonly kind: 'run'; readonly plan: LoadPlan }
  /** paced: events that may have been sent in all since the plan began */
  | { readonly kind: 'allow'; readonly upTo: number }
  /** open loop: no more requests */
  | { readonly kind: 'end' }

/** From the load tool's process. */
export type ToolAnswer =
  | { readonly kind: 'ready' }
  /** bodies are built, connections stand: the first request goes now */
  | { readonly kind: 'started' }
  /** the warm-up is over */
  | { readonly kind: 'measuring' }
  | { readonly kind: 'report'; readonly report: LoadReport }
  | { readonly kind: 'failed'; readonly reason: string }
