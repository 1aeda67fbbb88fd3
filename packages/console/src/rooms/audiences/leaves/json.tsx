import { describeClause } from '@affluent/core/condition/describe/describe-condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { Textarea } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from '../../../conditions/fields.module.css'
import { Sentence } from '../../../conditions/sentence.tsx'
import { useSpeaker } from '../../../conditions/use-speaker.ts'
import { useJsonFault } from '../use-json-fault.ts'
import type { LeafFieldsProps, LeafForm } from './leaf-form.ts'
import { NotForBuilder } from './read-leaf.ts'

/** A part that the builder has no fields for; it is kept and edited as it is written. */
export interface JsonNode {
  readonly id: number
  readonly kind: 'json'
  readonly text: string
}

/** A part as it is written: whatever no other form recognizes. */
export const jsonForm: LeafForm<'json', JsonNode> = {
  kind: 'json',
  icon: IconBraces,
  name: { fr: 'Partie en JSON', en: 'Part in JSON' },
  hint: { fr: 'tout ce que l’API accepte, tel quel', en: 'all that the API takes, as it is written' },
  owns: ({ kind }) => kind === 'json',
  empty: (id) => ({ id, kind: 'json', text: '' }),
  recognizes: () => false,
  read: () => {
    throw new NotForBuilder()
  },
  write: ({ text }) => readPart(text),
  Fields: JsonFields,
}

/** @returns undefined while the text is no object */
function readPart(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as Json
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
  } catch {
    return undefined
  }
}

function JsonFields({ leaf, onChange }: LeafFieldsProps<JsonNode>) {
  const { t } = useTranslation('audiences')
  const speaker = useSpeaker()
  const sayFault = useJsonFault()
  const condition = readPart(leaf.text)
  return (
    <>
      <Textarea
        aria-label={t('fields.jsonPart')}
        className={css.jsonPart ?? ''}
        value={leaf.text}
        onChange={(event) => onChange({ ...leaf, text: event.currentTarget.value }, 'json')}
        error={condition === undefined && leaf.text.trim() !== '' ? sayFault(leaf.text) : undefined}
        autosize
        minRows={2}
        maxRows={16}
        spellCheck={false}
      />
      {condition !== undefined && (
        <p className="note">
          <Sentence text={describeClause(condition, speaker)} />
        </p>
      )}
    </>
  )
}
