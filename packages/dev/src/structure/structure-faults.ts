import { docFaults } from './doc-faults.ts'
import { importFaults } from './import-faults.ts'
import { layerFaults } from './layer-faults.ts'
import { namingFaults } from './naming-faults.ts'
import { purityFaults } from './purity-faults.ts'
import { sliceFaults } from './slice-faults.ts'
import { readSourceTree } from './source-tree.ts'
import { statementFaults } from './statement-faults.ts'
import { tableFaults } from './table-faults.ts'
import { textFaults } from './text-faults.ts'

/** Every place where the repository breaks its own plan, as lines that name the file and what to do. */
export function structureFaults(repoRoot: string): string[] {
  const tree = readSourceTree(repoRoot)
  const rules = [
    namingFaults,
    importFaults,
    layerFaults,
    tableFaults,
    sliceFaults,
    purityFaults,
    textFaults,
    statementFaults,
    docFaults,
  ]
  return rules.flatMap((rule) => rule(tree))
}
