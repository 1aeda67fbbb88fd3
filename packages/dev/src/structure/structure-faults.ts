import { importFaults } from './import-faults.ts'
import { namingFaults } from './naming-faults.ts'
import { purityFaults } from './purity-faults.ts'
import { readSourceTree } from './source-tree.ts'
import { statementFaults } from './statement-faults.ts'
import { textFaults } from './text-faults.ts'

/** Every place where the repository breaks its own plan, as lines that name the file and what to do. */
export function structureFaults(repoRoot: string): string[] {
  const tree = readSourceTree(repoRoot)
  return [namingFaults, importFaults, purityFaults, textFaults, statementFaults].flatMap((rule) => rule(tree))
}
