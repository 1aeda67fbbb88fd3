import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { speak } from '../../app/language.ts'
import { LANGUAGES } from '../../app/languages.ts'
import { Logo } from '../../app/logo.tsx'
import css from './sign-in-room.module.css'

/** The page of whoever is not signed in: what it is for, its form, the languages. */
export function EntryFrame({ lead, children }: { lead: string; children: ReactNode }) {
  const { i18n } = useTranslation()
  return (
    <div className={css.page}>
      <main className={css.card}>
        <div className={css.brand}>
          <Logo size={32} />
          <h1>Affluent</h1>
        </div>
        <p className="quiet">{lead}</p>
        {children}
      </main>
      <div className={css.languages}>
        {LANGUAGES.map(({ code, name }) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={i18n.language === code}
            onClick={() => void speak(code)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  )
}
