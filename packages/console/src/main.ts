import { drawPage } from './page.ts'
import { askReadiness } from './readiness.ts'
import { wordsFor } from './words.ts'

const ASK_AGAIN_MS = 5_000

const root = document.getElementById('page')
if (root === null) throw new Error('index.html has no element #page')
const show = drawPage(root, wordsFor(navigator.languages))
show('checking')
void keepAsking()

async function keepAsking(): Promise<void> {
  show(await askReadiness((path) => fetch(path, { cache: 'no-store' })))
  setTimeout(() => void keepAsking(), ASK_AGAIN_MS)
}
