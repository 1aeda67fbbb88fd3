import { configureGlobal } from 'fast-check'

// One seed for the whole run, printed by vitest.config.ts: a failure can be repeated.
configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED) })
