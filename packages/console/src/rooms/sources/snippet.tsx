import { SegmentedControl } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../pieces/copy-button.tsx'
import css from './snippet.module.css'
import { SNIPPET_LANGUAGES, type SnippetLanguage, snippetOf } from './snippet-of.ts'

interface SnippetProps {
  /** What it sends: any event, or one that names somebody. */
  step: 'event' | 'profile'
  writeKey: string
  /** Beside the languages: the choice of the source. */
  beside?: ReactNode
}

/** The code to paste, with the real write key and address in it. */
export function Snippet({ step, writeKey, beside }: SnippetProps) {
  const { t } = useTranslation(['home', 'pieces'])
  const [language, setLanguage] = useState<SnippetLanguage>('curl')
  const code = snippetOf(language, step, writeKey, window.location.origin)
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row wrap">
        <SegmentedControl
          size="xs"
          aria-label={t('start.snippet')}
          value={language}
          onChange={(value) => setLanguage(SNIPPET_LANGUAGES.find((one) => one === value) ?? 'curl')}
          data={SNIPPET_LANGUAGES.map((value) => ({ value, label: t(`start.languages.${value}`) }))}
        />
        {beside}
        <span className="grow" />
        <CopyButton text={code} label={t('pieces:copy')} />
      </div>
      <pre className={css.snippet} tabIndex={0}>
        {code}
      </pre>
    </div>
  )
}
