import { totalmem } from 'node:os'
import { type KnownIdentifier, knownIdentifier } from '@affluent/core/identity/identity-graph'
import type { KeyedIdentifier } from '@affluent/core/identity/keyed-identifier'
import { decodeState, type Fragment, makeFragment } from '@affluent/core/profile/fragment'
import {
  FRAGMENT_CACHE_BYTES_MAX,
  HOT_STATE_BYTES_MAX,
  IDENTIFIER_CACHE_BYTES_MAX,
} from '@affluent/protocol/limits'
import { LRUCache } from 'lru-cache'
import { ByteCache } from '../platform/cache/byte-cache.ts'

const FRAGMENT_HEADER = 12
const IDENTIFIER_HEADER = 20
/** What an object of the hot part takes beside its text, in bytes. */
const HOT_ENTRY_BYTES = 100

/** A fragment as decisions change it, and what it was when it was put in last. */
interface HotFragment {
  readonly workspace: number
  readonly fragment: Fragment
  readonly profile: number
  readonly text: string
}

/** The same of an identifier. */
interface HotIdentifier {
  readonly workspace: number
  readonly known: KnownIdentifier
  readonly owner: number
}

/**
 * What the processor read or wrote lately, for all workspaces of a process: the latest as objects, the others as bytes
 * off the heap. There is one writer, so what stands here is simply right; when a save fails, the workspace's processor
 * empties it.
 */
export class StateCache {
  readonly #identifiers: ByteCache
  readonly #fragments: ByteCache
  readonly #hotIdentifiers: LRUCache<string, HotIdentifier>
  readonly #hotFragments: LRUCache<number, HotFragment>

  constructor(bytes: CacheBytes = shareOfMemory()) {
    this.#identifiers = new ByteCache(bytes.identifiers)
    this.#fragments = new ByteCache(bytes.fragments)
    this.#hotIdentifiers = new LRUCache<string, HotIdentifier>({
      maxSize: bytes.hot,
      sizeCalculation: ({ known }) => HOT_ENTRY_BYTES + known.key.length * 2,
      dispose: (held, _, reason) => {
        if (reason === 'evict') this.#keepIdentifier(held)
      },
    })
    this.#hotFragments = new LRUCache<number, HotFragment>({
      maxSize: bytes.hot,
      sizeCalculation: ({ text }) => HOT_ENTRY_BYTES + text.length,
      dispose: (held, _, reason) => {
        if (reason === 'evict') this.#keepFragment(held)
      },
    })
  }

  /** Bytes of both forms; those of the objects are counted by their texts. */
  get bytes(): number {
    const hot = this.#hotIdentifiers.calculatedSize + this.#hotFragments.calculatedSize
    return this.#identifiers.bytes + this.#fragments.bytes + hot
  }

  identifier(workspace: number, identifier: KeyedIdentifier): KnownIdentifier | undefined {
    const hot = this.#hotIdentifiers.get(identifier.key)
    if (hot?.workspace === workspace) return hot.known
    const bytes = this.#identifiers.get(hashText(identifier.key, workspace))
    // two texts may share a hash
    if (bytes === undefined || bytes.readUInt32LE(16) !== workspace) return undefined
    if (bytes.toString('utf8', IDENTIFIER_HEADER) !== identifier.key) return undefined
    const known = knownIdentifier(identifier, readWhole(bytes, 0), readWhole(bytes, 8))
    this.putIdentifier(workspace, known)
    return known
  }

  putIdentifier(workspace: number, known: KnownIdentifier): void {
    const held = this.#hotIdentifiers.peek(known.key)
    // two workspaces may know the same identifier
    if (held !== undefined && held.workspace !== workspace) this.#keepIdentifier(held)
    const hot = { workspace, known, owner: known.owner }
    if (!putHot(this.#hotIdentifiers, known.key, hot)) this.#keepIdentifier(hot)
  }

  #keepIdentifier({ workspace, known, owner }: HotIdentifier): void {
    const bytes = Buffer.allocUnsafe(IDENTIFIER_HEADER + Buffer.byteLength(known.key))
    bytes.writeDoubleLE(known.id, 0)
    bytes.writeDoubleLE(owner, 8)
    bytes.writeUInt32LE(workspace, 16)
    bytes.write(known.key, IDENTIFIER_HEADER)
    this.#identifiers.set(hashText(known.key, workspace), bytes)
  }

  /** The fragment itself: what is decided about it changes it in place, and `putFragment` must follow. */
  fragment(workspace: number, id: number): Fragment | undefined {
    const hot = this.#hotFragments.get(fragmentKey(workspace, id))
    if (hot?.workspace === workspace) return hot.fragment
    const bytes = this.#fragments.get(fragmentKey(workspace, id))
    // workspaces that lie 65,536 apart share their keys
    if (bytes === undefined || bytes.readUInt32LE(8) !== workspace) return undefined
    const text = bytes.toString('utf8', FRAGMENT_HEADER)
    const fragment = makeFragment(id, readWhole(bytes, 0), decodeState(text))
    this.putFragment(workspace, fragment, text)
    return fragment
  }

  /** @param text the fragment's state, encoded as it is saved */
  putFragment(workspace: number, fragment: Fragment, text: string): void {
    const key = fragmentKey(workspace, fragment.id)
    const held = this.#hotFragments.peek(key)
    if (held !== undefined && held.workspace !== workspace) this.#keepFragment(held)
    const hot = { workspace, fragment, profile: fragment.profile, text }
    if (!putHot(this.#hotFragments, key, hot)) this.#keepFragment(hot)
  }

  #keepFragment({ workspace, fragment: { id }, profile, text }: HotFragment): void {
    const bytes = Buffer.allocUnsafe(FRAGMENT_HEADER + Buffer.byteLength(text))
    bytes.writeDoubleLE(profile, 0)
    bytes.writeUInt32LE(workspace, 8)
    bytes.write(text, FRAGMENT_HEADER)
    this.#fragments.set(fragmentKey(workspace, id), bytes)
  }

  /** Lets go of the objects: one of them was changed, and the change is void. What was put in stays known. */
  coolDown(): void {
    for (const held of this.#hotFragments.values()) this.#keepFragment(held)
    for (const held of this.#hotIdentifiers.values()) this.#keepIdentifier(held)
    this.#clearHot()
  }

  clear(): void {
    this.#clearHot()
    this.#identifiers.clear()
    this.#fragments.clear()
  }

  #clearHot(): void {
    this.#hotFragments.clear()
    this.#hotIdentifiers.clear()
  }
}

/** @returns false when it is too large to be kept: an older form of it is gone then, too */
function putHot<K extends {}, V extends {}>(cache: LRUCache<K, V>, key: K, value: V): boolean {
  cache.set(key, value)
  return cache.has(key)
}

/** Sizes of the two rings, and of the objects of each kind; memory is taken as they fill. */
export interface CacheBytes {
  readonly identifiers: number
  readonly fragments: number
  readonly hot: number
}

function shareOfMemory(): CacheBytes {
  return {
    identifiers: Math.min(IDENTIFIER_CACHE_BYTES_MAX, Math.floor(totalmem() / 64)),
    fragments: Math.min(FRAGMENT_CACHE_BYTES_MAX, Math.floor(totalmem() / 16)),
    hot: Math.min(HOT_STATE_BYTES_MAX, Math.floor(totalmem() / 512)),
  }
}

/** A whole number that was written as a double; the engine takes a small one for whole only when told. */
function readWhole(bytes: Buffer, at: number): number {
  const value = bytes.readDoubleLE(at)
  const small = value | 0
  return small === value ? small : value
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
