import { totalmem } from 'node:os'
import type { KnownIdentifier } from '@affluent/core/identity/identity-graph'
import type { KeyedIdentifier } from '@affluent/core/identity/keyed-identifier'
import { decodeState, type Fragment } from '@affluent/core/profile/fragment'
import { FRAGMENT_CACHE_BYTES_MAX, IDENTIFIER_CACHE_BYTES_MAX } from '@affluent/protocol/limits'
import { ByteCache } from '../platform/cache/byte-cache.ts'

const FRAGMENT_HEADER = 12
const IDENTIFIER_HEADER = 20

/**
 * What the processor read or wrote lately, for all workspaces of a process. There is one writer, so what stands here is
 * simply right; when a save fails, the workspace's processor empties it.
 */
export class StateCache {
  readonly #identifiers: ByteCache
  readonly #fragments: ByteCache

  constructor(bytes: CacheBytes = shareOfMemory()) {
    this.#identifiers = new ByteCache(bytes.identifiers)
    this.#fragments = new ByteCache(bytes.fragments)
  }

  get bytes(): number {
    return this.#identifiers.bytes + this.#fragments.bytes
  }

  identifier(workspace: number, identifier: KeyedIdentifier): KnownIdentifier | undefined {
    const bytes = this.#identifiers.get(hashText(identifier.key, workspace))
    // two texts may share a hash
    if (bytes === undefined || bytes.readUInt32LE(16) !== workspace) return undefined
    if (bytes.toString('utf8', IDENTIFIER_HEADER) !== identifier.key) return undefined
    const { namespace, value, key } = identifier
    return { namespace, value, key, id: bytes.readDoubleLE(0), owner: bytes.readDoubleLE(8) }
  }

  putIdentifier(workspace: number, known: KnownIdentifier): void {
    const bytes = Buffer.allocUnsafe(IDENTIFIER_HEADER + Buffer.byteLength(known.key))
    bytes.writeDoubleLE(known.id, 0)
    bytes.writeDoubleLE(known.owner, 8)
    bytes.writeUInt32LE(workspace, 16)
    bytes.write(known.key, IDENTIFIER_HEADER)
    this.#identifiers.set(hashText(known.key, workspace), bytes)
  }

  fragment(workspace: number, id: number): Fragment | undefined {
    const bytes = this.#fragments.get(fragmentKey(workspace, id))
    // workspaces that lie 65,536 apart share their keys
    if (bytes === undefined || bytes.readUInt32LE(8) !== workspace) return undefined
    const state = decodeState(bytes.toString('utf8', FRAGMENT_HEADER))
    return { id, profile: bytes.readDoubleLE(0), state }
  }

  /** @param state the fragment's state, encoded as it is saved */
  putFragment(workspace: number, id: number, profile: number, state: string): void {
    const bytes = Buffer.allocUnsafe(FRAGMENT_HEADER + Buffer.byteLength(state))
    bytes.writeDoubleLE(profile, 0)
    bytes.writeUInt32LE(workspace, 8)
    bytes.write(state, FRAGMENT_HEADER)
    this.#fragments.set(fragmentKey(workspace, id), bytes)
  }

  clear(): void {
    this.#identifiers.clear()
    this.#fragments.clear()
  }
}

/** Sizes of the two rings; memory is taken as they fill. */
export interface CacheBytes {
  readonly identifiers: number
  readonly fragments: number
}

function shareOfMemory(): CacheBytes {
  return {
    identifiers: Math.min(IDENTIFIER_CACHE_BYTES_MAX, Math.floor(totalmem() / 64)),
    fragments: Math.min(FRAGMENT_CACHE_BYTES_MAX, Math.floor(totalmem() / 16)),
  }
}

const WORKSPACE_KEYS = 2 ** 16

/**
 * One number for a workspace and a fragment: fragments stay below 2^37 (137 billion). What is read says whose it is, so
 * that a shared key is a miss.
 */
function fragmentKey(workspace: number, id: number): number {
  return id * WORKSPACE_KEYS + (workspace % WORKSPACE_KEYS)
}

/** 53 bits from two 32-bit FNV-like hashes. */
function hashText(text: string, seed: number): number {
  let low = 0x811c9dc5 ^ seed
  let high = 0x9747b28c ^ seed
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
  }
  high ^= high >>> 15
  return (low >>> 0) + (high & 0x1fffff) * 2 ** 32
}
