import { Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { ServerSaid } from '../../pieces/server-said.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import css from './builder.module.css'
import type { DraftEditor } from './use-draft.ts'
import { useJsonFault } from './use-json-fault.ts'

interface JsonEditorProps {
  json: string
  change: DraftEditor['change']
  /** what the server says of the condition */
  fault: ApiError | null
}

/** The condition as text, for those that the builder cannot show and for those who like it so. */
export function JsonEditor({ json, change, fault }: JsonEditorProps) {
  const { t } = useTranslation('audiences')
  const say = useErrorWords()
  const sayJsonFault = useJsonFault()
  const jsonFault = json.trim() === '' ? undefined : sayJsonFault(json)
  const isAboutCondition = fault?.path?.startsWith('condition') === true
  const said = isAboutCondition ? (
    <>
      {say(fault)}
      <ServerSaid error={fault} />
    </>
  ) : undefined
  return (
    <section className={`card ${css.section}`}>
      <Textarea
        className={css.json ?? ''}
        label={t('builder.json')}
        description={t('builder.jsonHint')}
        value={json}
        onChange={(event) => {
          const text = event.currentTarget.value
          change((draft) => ({ ...draft, json: text }), 'json')
        }}
        error={jsonFault ?? said}
        autosize
        minRows={10}
        maxRows={32}
        spellCheck={false}
      />
    </section>
  )
}
