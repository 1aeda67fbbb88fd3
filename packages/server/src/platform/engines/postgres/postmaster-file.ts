import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, isPostmasterOf } from './process-in-cluster.ts'

export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  readonly socketFolder: string
  readonly status: string
}

/** What a server wrote about itself in its cluster's postmaster.pid; null without one, or while it is being written. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const [pid = '', , , port = '', socketFolder = '', , , status = ''] = text.split('\n')
  if (!/^\d+$/.test(pid)) return null
  return { pid: Number(pid), port: Number(port), socketFolder, status: status.trim() }
}

/** The server that lives on this cluster now, whoever started it; null when there is none. */
export async function findRunning(cluster: string): Promise<PostmasterFile | null> {
  const file = await readPostmasterFile(cluster)
  if (file === null || !(await isAlive(file.pid)) || !(await isPostmasterOf(file.pid, cluster))) return null
  return file
}
