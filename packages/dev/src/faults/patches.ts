/**
 * One exact replacement in the server's built JavaScript (paths begin at its `dist`); it fails loudly when its text is
 * not there exactly once.
 */
export interface Patch {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A short run cannot wait for tries that are minutes apart. */
export const QUICK_PACE: Patch = {
  file: 'delivery/destination-queue.js',
  find: 'USUAL_PACE = { waits: 1, probeMs: 60_000 }',
  replace: 'USUAL_PACE = { waits: 0.04, probeMs: 2_000 }',
}

/**
 * With the floor in place the engines do not meet the end of the disk: another program would have to fill it within a
 * second.
 */
export const NO_FLOOR: Patch = {
  file: '../../protocol/dist/limits.js',
  find: 'DISK_FREE_BYTES_MIN = 512 * 1024 * 1024',
  replace: 'DISK_FREE_BYTES_MIN = 0',
}
