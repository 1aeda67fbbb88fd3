// A vitest reporter that writes the counts, and each skipped test with its reason, for run-tests.mjs to read.
import { writeFileSync } from 'node:fs'

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skips: [] }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      // A file that breaks before its first test, or in a hook, counts as one failure.
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed'))
        counts.failed++
      for (const test of tests) count(test, counts)
    }
    writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify(counts))
  }
}

function count(test, counts) {
  const { state, note } = test.result()
  if (state === 'passed') counts.passed++
  else if (state === 'failed') counts.failed++
  else counts.skips.push(`${test.module.relativeModuleId} > ${test.fullName}: ${note ?? silentReason(test)}`)
}

function silentReason(test) {
  return test.module.errors().length > 0 ? 'see the failure of its file' : 'see its name'
}
