import 'i18next'
import type { french } from './fr/french.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell'
    resources: typeof french
  }
}
