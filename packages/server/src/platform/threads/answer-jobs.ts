import { parentPort } from 'node:worker_threads'
import type { JobError, JobMessage, JobReply } from './job-thread.ts'

/** The other end of a `JobThread`: carries out each job that comes, several at a time. */
export function answerJobs<Job, Answer>(carryOut: (job: Job) => Promise<Answer>): void {
  parentPort?.on('message', ({ id, job }: JobMessage<Job>) => {
    carryOut(job).then(
      (answer) => reply({ id, answer }),
      (error: unknown) => reply({ id, error: describe(error) }),
    )
  })
}

function describe(error: unknown): JobError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { code } = error as { code?: unknown }
  return { name: error.name, message: error.message, ...(typeof code === 'string' ? { code } : {}) }
}

function reply<Answer>(message: JobReply<Answer>): void {
  parentPort?.postMessage(message)
}
