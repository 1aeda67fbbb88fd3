import type { Endpoint, EndpointAnswer } from './endpoint.ts'
import type { AnyEndpoint } from './endpoints.ts'
import type { Input, Schema } from './schema.ts'

// What a client gives and gets, by call; types alone, so that a browser that imports them loads no schema.

type CallOf<E> = E extends Endpoint ? `${E['method']} ${E['path']}` : never

type ByCall = { [E in AnyEndpoint as CallOf<E>]: E }

/** The name of a call, such as `POST /v1/audiences`. */
export type ApiCall = keyof ByCall

/** What a call is answered with. */
export type ApiAnswer<Call extends ApiCall> = EndpointAnswer<ByCall[Call]>

/** What a call takes: parameters of its path, its query and its body, each only where it has one. */
export type ApiInputs<Call extends ApiCall> = InputsOf<ByCall[Call]>

type InputsOf<E> = E extends Endpoint
  ? Part<'params', Params<Input<E['params']>>> &
      Part<'query', Query<Input<E['query']>>> &
      (E['body'] extends Schema ? { readonly body: Frozen<Input<E['body']>> } : unknown)
  : never

/** Absent where there is nothing to give, and optional where nothing must be given. */
type Part<Name extends string, Values> = string extends keyof Values
  ? unknown
  : Partial<Values> extends Values
    ? { readonly [N in Name]?: Values }
    : { readonly [N in Name]: Values }

type Params<Values> = { readonly [Name in keyof Values]: string }

/** A number may stand where a text is read; null is as good as absent. */
type Query<Values> = {
  readonly [Name in keyof Values]: Values[Name] | null | (string extends Values[Name] ? number : never)
}

/** Lists and objects that are not to be changed may be sent as well. */
type Frozen<Value> = unknown extends Value ? Value : { readonly [Key in keyof Value]: Frozen<Value[Key]> }
