import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeShop, type ShopOptions } from './make-shop.ts'

// as so many lines are put together, a write to disk costs little for each
const LINES_A_WRITE = 200

/**
 * Writes a shop's events, one a line.
 * @param files `truth`: a line for each line of `out`, with the source, the person's number (null: nobody's) and what
 * was planted
 * @returns how many
 */
export async function writeShop(
  options: ShopOptions,
  files: { readonly out: string; readonly truth: string | undefined },
): Promise<number> {
  const out = lines(options, 'event')
  const truth = lines(options, 'truth')
  const [count] = await Promise.all([
    writeLines(out, files.out),
    // made a second time, so that neither file waits for the other
    files.truth === undefined ? 0 : writeLines(truth, files.truth),
  ])
  return count
}

function* lines(options: ShopOptions, what: 'event' | 'truth'): Generator<string> {
  for (const { source, truth, planted = null, event } of makeShop(options))
    yield JSON.stringify(what === 'event' ? event : { source, truth, planted })
}

async function writeLines(texts: Iterable<string>, path: string): Promise<number> {
  let count = 0
  function* blocks(): Generator<string> {
    let block: string[] = []
    for (const text of texts) {
      count++
      block.push(text)
      if (block.length < LINES_A_WRITE) continue
      yield `${block.join('\n')}\n`
      block = []
    }
    if (block.length > 0) yield `${block.join('\n')}\n`
  }
  await pipeline(Readable.from(blocks()), createWriteStream(path))
  return count
}
