import type { Patch } from './patches.ts'

/** A fault that is put into a copy of the built server, to show that a loop finds it. */
export interface Plant {
  readonly says: string
  /** the loop that must find it */
  readonly foundBy: 'kills' | 'cuts' | 'deliveries'
  readonly patches: readonly Patch[]
}

export const PLANT_NAMES = [
  'ack-before-commit',
  'no-fsync',
  'cursor-apart',
  'load-without-token',
  'trust-tokens',
  'forget-ends',
  'ignore-order',
] as const
export type PlantName = (typeof PLANT_NAMES)[number]

const INSERT_AGAIN_WHOLE: Patch = {
  file: 'warehouse/load.js',
  find: 'await this.#insertMissing(decisions, to, token);',
  replace: `await this.#insertEvents(
            await Promise.all(decisions.map((each) => encodeEvents(workspace, each))), token + '-event');`,
}

export const PLANTS: Readonly<Record<PlantName, Plant>> = {
  'ack-before-commit': {
    says: 'the collector answers 200 when an append is queued, before its commit',
    foundBy: 'kills',
    patches: [
      {
        file: 'log/event-log.js',
        find: 'this.#queue.push({ append, resolve, reject });',
        replace: 'this.#queue.push({ append, resolve, reject }); resolve(0);',
      },
    ],
  },
  'no-fsync': {
    says: 'PostgreSQL runs with fsync=off',
    foundBy: 'cuts',
    patches: [
      {
        file: 'platform/engines/postgres/cluster-settings.js',
        find: 'fsync = on\n',
        replace: 'fsync = off\n',
      },
      // or the server would refuse to start, as it should
      { file: 'platform/engines/open-pools.js', find: 'if (faults.length > 0)\n', replace: 'if (false)\n' },
    ],
  },
  'cursor-apart': {
    says: 'the cursor of the processor is saved in a transaction of its own, before the state',
    foundBy: 'kills',
    patches: [
      {
        file: 'processor/save-batch.js',
        find: '}),\n        ...describeIdentityChanges(workspace, identity.changes, identity),\n        ...messageIds',
        replace:
          '})]).then(() => save(writer, workspace, [\n        ...describeIdentityChanges(workspace, identity.changes, identity),\n        ...messageIds',
      },
      {
        file: 'processor/save-batch.js',
        find: '...describeLoadEntry(workspace, loadableBatch(decision), events, facts),\n    ]);',
        replace: '...describeLoadEntry(workspace, loadableBatch(decision), events, facts),\n    ]));',
      },
    ],
  },
  'load-without-token': {
    // without any token ClickHouse drops an equal block by its content, so this would be no fault
    says: 'every try of a block has another token, as if there were none',
    foundBy: 'kills',
    patches: [
      {
        file: 'platform/clickhouse/insert-thread.js',
        find: 'insert_deduplication_token: token,',
        replace: 'insert_deduplication_token: token + Math.random(),',
      },
      INSERT_AGAIN_WHOLE,
    ],
  },
  'trust-tokens': {
    says: 'a block that comes again is not compared with the rows that are there',
    foundBy: 'cuts',
    patches: [INSERT_AGAIN_WHOLE],
  },
  'forget-ends': {
    says: 'one in a hundred times it is not written down how deliveries ended, though the queue moves on',
    foundBy: 'deliveries',
    patches: [
      {
        file: 'delivery/delivery-queue-store.js',
        find: 'await this.#end(client, destination, settled, now);',
        replace: 'if (Math.random() > 0.01) await this.#end(client, destination, settled, now);',
      },
    ],
  },
  'ignore-order': {
    says: 'deliveries do not wait for earlier ones of their person',
    foundBy: 'deliveries',
    patches: [
      {
        file: 'delivery/destination-queue.js',
        find: 'if (delivery.profile === 0) {',
        replace: 'if (true) {',
      },
    ],
  },
}
