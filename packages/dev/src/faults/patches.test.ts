import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { NO_FLOOR, QUICK_PACE } from './patches.ts'
import { PLANTS } from './plants.ts'
import { patchedText } from './server-copy.ts'

const DIST = fileURLToPath(new URL('../../../server/dist', import.meta.url))

const PATCHES = [...Object.values(PLANTS).flatMap(({ patches }) => patches), QUICK_PACE, NO_FLOOR]

test.each(PATCHES)('the built server has once what is patched in $file: $find', async (patch) => {
  expect(await patchedText(DIST, patch)).toContain(patch.replace)
})
