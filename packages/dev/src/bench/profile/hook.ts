// Loaded into the server before its own code: SIGUSR2 begins a CPU profile of every thread, a second one ends it and
// writes the files.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

const INTERVAL_US = 1_000
const channel = new BroadcastChannel('affluent-bench-profile')
// messages come to the other threads only
channel.onmessage = toggle
;(channel as unknown as { unref(): void }).unref()
let session: Session | undefined

if (isMainThread) {
  process.on('SIGUSR2', () => {
    channel.postMessage('toggle')
    toggle()
  })
}

function toggle(): void {
  const running = session
  if (running !== undefined) {
    running.post('Profiler.stop', (error, result) => {
      const folder = process.env['AFFLUENT_BENCH_PROFILES'] ?? '.'
      if (error === null)
        writeFileSync(join(folder, `thread-${threadId}.cpuprofile`), JSON.stringify(result.profile))
      running.disconnect()
    })
    session = undefined
    return
  }
  const begun = new Session()
  begun.connect()
  begun.post('Profiler.enable')
  begun.post('Profiler.setSamplingInterval', { interval: INTERVAL_US })
  begun.post('Profiler.start')
  session = begun
}
