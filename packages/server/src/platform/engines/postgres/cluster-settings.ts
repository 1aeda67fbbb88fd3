import { createHash } from 'node:crypto'
import { totalmem } from 'node:os'

const MEBIBYTE = 1024 * 1024

export interface ClusterSettings {
  /** Content of postgresql.conf. */
  readonly text: string
  /** Changes with anything that makes a running server differ from one started now. */
  readonly fingerprint: string
}

export interface SettingsBasis {
  /** Shown by the server's processes, by which they are found again. */
  readonly title: string
  /** Of the binaries. */
  readonly version: string
  readonly walCompression: 'lz4' | 'off'
  /** Memory of the machine or container. */
  readonly memoryBytes: number
}

/** The settings of the embedded PostgreSQL. */
export function clusterSettings(basis: SettingsBasis): ClusterSettings {
  const body = settingsBody(basis)
  const fingerprint = createHash('sha256').update(`${basis.version}\n${body}`).digest('hex').slice(0, 16)
  return { text: `${body}affluent.settings = '${fingerprint}'\n`, fingerprint }
}

/** Memory of this machine, or of the container where one sets a limit, in bytes. */
export function availableMemoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

function sharedBuffersMebibytes(memoryBytes: number): number {
  return Math.min(1024, Math.max(128, Math.floor(memoryBytes / MEBIBYTE / 16)))
}

// Statements, parameters and error messages may carry personal data, so the log has neither: errors reach the client
// that caused them, the log keeps what happens to the server itself.
function settingsBody({ title, walCompression, memoryBytes }: SettingsBasis): string {
  return `# Written by Affluent at every start; changes here are lost.
allow_alter_system = off
cluster_name = '${title}'
update_process_title = on

# Durability: what was acknowledged survives a power cut.
fsync = on
synchronous_commit = on
full_page_writes = on
data_sync_retry = off

# Reached only through the socket in a private folder.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60

# Write-ahead log: one server, no replicas, long checkpoints.
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
wal_compression = ${walCompression}
wal_buffers = 16MB
min_wal_size = 512MB
max_wal_size = 4GB
checkpoint_timeout = 30min
checkpoint_completion_target = 0.9

# Memory. Dynamic shared memory comes from the reserved part, as /dev/shm is small in containers.
shared_buffers = ${sharedBuffersMebibytes(memoryBytes)}MB
effective_cache_size = ${Math.floor(memoryBytes / MEBIBYTE / 3)}MB
work_mem = 16MB
maintenance_work_mem = 128MB
temp_buffers = 32MB
min_dynamic_shared_memory = 64MB
huge_pages = try

# Planner: short statements, few cores, fast disks.
jit = off
max_parallel_workers_per_gather = 0
random_page_cost = 1.1
autovacuum = on
max_locks_per_transaction = 256

# Same on every machine.
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'ISO, MDY'
lc_messages = 'C'

# Log: life of the server only.
logging_collector = off
log_line_prefix = '%m [%p] '
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
log_autovacuum_min_duration = -1

`
}
