import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import './look/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App, layGrounds } from './app/app.tsx'
import { startLanguage } from './app/language.ts'
import { ROOMS } from './rooms/rooms.ts'
import { wordsOf } from './words/words-of.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')
const grounds = layGrounds()
// Words, session and the room's code are asked for together: on a slow network each wait for another would be felt.
await Promise.all([startLanguage((language) => wordsOf(language, ROOMS)), grounds.router.load()])
createRoot(root).render(
  <StrictMode>
    <App {...grounds} />
  </StrictMode>,
)
