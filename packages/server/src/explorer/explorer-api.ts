import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { AudienceApi } from '../audiences/contract.ts'
import type { Append } from '../log/event-log.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'

/** What the calls that look at events need. */
export interface ExplorerApi extends AudienceApi {
  readonly pipeline: (workspace: number, reads: WorkspaceReads) => Promise<PipelineAnswer>
  /** keeps events as the collector does, with its rejections; resolves with the position of the last one */
  readonly append: (workspace: number, append: Append) => Promise<number>
}
