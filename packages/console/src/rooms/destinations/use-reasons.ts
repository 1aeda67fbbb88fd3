import { useTranslation } from 'react-i18next'
import { reasonOf } from './last-error.ts'

/** Says why something was not delivered, and what can be done about it, in the member's language. */
export interface ReasonWords {
  /** the code itself when it is not known */
  readonly reason: (code: string) => string
  readonly todo: (code: string) => string | undefined
  /** the same after a test, which nobody tries again */
  readonly todoOfTest: (code: string) => string | undefined
  /** of a message that came without its code */
  readonly message: (text: string) => string
}

/** Words for the reasons of deliveries. */
export function useReasons(): ReasonWords {
  const { t, i18n } = useTranslation('destinations')
  const knows = (list: 'reasons' | 'todos' | 'testTodos', code: string) =>
    i18n.exists(`${list}.${code}`, { ns: 'destinations' })
  const reason = (code: string) => (knows('reasons', code) ? t(`reasons.${code as 'timeout'}`) : code)
  const todo = (code: string) => (knows('todos', code) ? t(`todos.${code as 'timeout'}`) : undefined)
  return {
    reason,
    todo,
    todoOfTest: (code) => (knows('testTodos', code) ? t(`testTodos.${code as 'server_error'}`) : todo(code)),
    message: (text) => {
      const known = reasonOf(text)
      if (known === undefined) return text
      const said = reason(known.code)
      return known.status === undefined ? said : `${said} (${t('answered', { status: known.status })})`
    },
  }
}
