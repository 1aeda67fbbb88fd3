import type { Population } from '@affluent/protocol/condition'
import { Radio, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { useErrorWords } from '../../words/error-words.ts'
import { type AudienceDraft, isKey, renamed } from './audience-draft.ts'
import css from './builder.module.css'
import type { DraftEditor } from './use-draft.ts'

interface BuilderNamesProps {
  draft: AudienceDraft
  change: DraftEditor['change']
  /** keys of the other audiences */
  taken: ReadonlySet<string>
  /** false: the key stays as it is */
  isNew: boolean
  isTried: boolean
  /** another audience is called so */
  isNameTaken: boolean
  error: ApiError | null
}

/** Name, key and population of an audience. */
export function BuilderNames({
  draft,
  change,
  taken,
  isNew,
  isTried,
  isNameTaken,
  error,
}: BuilderNamesProps) {
  const { t } = useTranslation('audiences')
  const say = useErrorWords()
  const missing = isTried && draft.name.trim() === '' ? t('builder.nameMissing') : undefined
  const nameFault = isNameTaken ? t('builder.nameTaken') : missing
  const keyFault =
    isTried && !isKey(draft.key) && draft.name.trim() !== '' ? t('builder.keyWrong') : undefined
  const said = (path: string) => (error?.path === path ? say(error) : undefined)
  return (
    <>
      <div className={css.names}>
        <TextInput
          label={t('builder.name')}
          description={t('builder.nameHint')}
          placeholder={t('builder.namePlaceholder')}
          value={draft.name}
          onChange={(event) => {
            const name = event.currentTarget.value
            change((before) => renamed(before, name, taken), 'name')
          }}
          error={nameFault ?? said('name')}
          autoComplete="off"
          maxLength={200}
        />
        <TextInput
          label={t('builder.key')}
          description={isNew ? t('builder.keyHint') : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={draft.key}
          onChange={(event) => {
            const key = event.currentTarget.value
            change((before) => ({ ...before, key, hasOwnKey: true }), 'key')
          }}
          error={keyFault ?? said('key')}
          disabled={!isNew}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Radio.Group
        label={t('population.label')}
        value={draft.population}
        onChange={(population) => change((before) => ({ ...before, population: population as Population }))}
      >
        <div className="row wrap" style={{ alignItems: 'flex-start', gap: '8px 24px', marginTop: 4 }}>
          <Radio value="known" label={t('population.known')} description={t('population.knownHint')} />
          <Radio value="all" label={t('population.all')} description={t('population.allHint')} />
        </div>
      </Radio.Group>
    </>
  )
}
