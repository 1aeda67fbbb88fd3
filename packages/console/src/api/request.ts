import type { ApiAnswer, ApiCall, ApiInputs } from '@affluent/protocol/api-calls'
import { address } from './address.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One request as the server's API wants it; `path` begins with /v1 and holds its query. Made by `api`, it knows the
 * type of its answer.
 */
export interface Request<Answer = unknown> {
  readonly method?: Method
  readonly path: string
  readonly body?: unknown
  /** Of a change: the version that it is a change of. */
  readonly ifMatch?: number
  /** Stands for the type of the answer; no request has it. */
  readonly answer?: Answer
}

/** What any call may take. */
interface Given {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Parameters<typeof address>[1]
  readonly body?: unknown
}

/**
 * A call of the API by its name: `api('GET /v1/audiences/{key}', { params: { key } })`.
 * @param inputs parameters of the path, query and body, as the endpoint takes them; what is undefined, null or empty in
 * a query is left out
 */
export function api<Call extends ApiCall>(
  call: Call,
  ...[inputs]: Partial<ApiInputs<Call>> extends ApiInputs<Call>
    ? [inputs?: ApiInputs<Call>]
    : [inputs: ApiInputs<Call>]
): Request<ApiAnswer<Call>> {
  const { params = {}, query = {}, body }: Given = inputs ?? {}
  const [method, template] = call.split(' ') as [Method, string]
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return { method, path: address(path, query), ...(body === undefined ? {} : { body }) }
}

/** Under what the answer of a request is kept: its path last but for the body, so that `readAgain` finds it. */
export function queryKeyOf(workspace: string | null, { path, body }: Request): readonly unknown[] {
  return body === undefined ? [workspace, path] : [workspace, path, JSON.stringify(body)]
}
