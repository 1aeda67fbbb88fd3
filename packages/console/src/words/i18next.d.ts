import 'i18next'
import type { RoomWords } from '../rooms/rooms.ts'
import type { french } from './fr/french.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell'
    resources: typeof french & RoomWords
  }
}
