import { keepShop } from './keep-shop.ts'
import type { ShopOptions } from './make-shop.ts'
import { CollectClient, SendingEnded } from './send/collect-client.ts'

/**
 * Sends a shop's history under one write key, as for a benchmark; with a speed, it then lives on until it is stopped.
 * @returns exit code
 */
export async function sendShop(
  options: ShopOptions,
  target: {
    readonly url: string
    readonly key: string
    readonly speed: number
    readonly signal: AbortSignal
  },
): Promise<number> {
  const { url, key, speed, signal } = target
  const goesOn = () => !signal.aborted
  const client = new CollectClient(url, goesOn)
  try {
    await keepShop(options, {
      ...{ client, keyOf: () => key, sent: 0, speed, goesOn, onSent: async () => {} },
      onHistory: async ({ records, accepted, refused, ms }) => {
        const [all, taken, bad] = [records, accepted, refused].map((count) => count.toLocaleString('en-US'))
        console.log(`${all} records in ${(ms / 1_000).toFixed(1)} s: ${taken} accepted, ${bad} refused`)
      },
    })
    return 0
  } catch (error) {
    if (!(error instanceof SendingEnded)) throw error
    console.error(error.message)
    return signal.aborted ? 0 : 1
  }
}
