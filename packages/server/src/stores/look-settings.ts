import { LOOK_MS_MAX } from '@affluent/protocol/limits'

/** Settings of a question that somebody waits for in front of a screen: it ends in time, with an error that says so. */
export const LOOK_SETTINGS = { max_execution_time: LOOK_MS_MAX / 1_000 }
