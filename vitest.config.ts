import { defineConfig } from 'vitest/config'

// The condition `source` makes @affluent/* resolve to src, so that a test sees the line just written.
const conditions = ['source', 'module', 'node', 'development|production']
const seed = process.env.FAST_CHECK_SEED ?? String(Date.now() % 2_147_483_647)
if (process.env.VITEST)
  console.log(`fast-check seed ${seed} (repeat this run's cases with FAST_CHECK_SEED=${seed})`)

const TESTS = ['packages/*/src/**/*.test.ts']
const WITH_ENGINES = ['packages/*/src/**/*.{pg,ch,e2e}.test.ts']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      // pure code: the files of a worker share their modules, since loading them anew takes longer than the tests
      { extends: true, test: { name: 'units', include: TESTS, exclude: WITH_ENGINES, isolate: false } },
      { extends: true, test: { name: 'engines', include: WITH_ENGINES, isolate: false } },
    ],
    setupFiles: ['packages/dev/src/fast-check-seed.ts'],
    env: { FAST_CHECK_SEED: seed },
    pool: 'forks',
    maxWorkers: 2,
    // a hang is found; how long a test takes says nothing about it on a busy machine
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // A screen or a queue is waited for as long on a busy machine; a second, which is the default, measured the machine.
    expect: { poll: { timeout: 15_000 } },
  },
})
