import { resolve } from 'node:path'
import { type Length, longest } from './longest.ts'
import { structureFaults } from './structure-faults.ts'

const repoRoot = resolve(import.meta.dirname, '../../../..')
const { files, functions } = longest(repoRoot)
print('Longest files (lines)', files)
print('Longest functions (lines)', functions)

const faults = structureFaults(repoRoot)
for (const fault of faults) console.error(fault)
console.log(faults.length === 0 ? 'The structure fits the plan.' : `${faults.length} faults of structure`)
process.exitCode = faults.length === 0 ? 0 : 1

function print(title: string, lengths: Length[]): void {
  console.log(title)
  for (const { lines, place } of lengths) console.log(`${String(lines).padStart(6)}  ${place}`)
}
