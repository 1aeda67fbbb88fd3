import type { AudienceAnswer } from '@affluent/protocol/api'
import { Select, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useGet } from '../../api/use-get.ts'
import css from '../../conditions/fields.module.css'
import { MixedKinds } from '../../conditions/mixed-kinds.tsx'
import { NameField } from '../../conditions/name-field.tsx'
import { NumberField } from '../../conditions/number-field.tsx'
import { Sentence } from '../../conditions/sentence.tsx'
import { kindsOfTrait, useCatalogue } from '../../conditions/use-catalogue.ts'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { ValueTestFields } from '../../conditions/value-test-fields.tsx'
import {
  type AudienceNode,
  EMPTY_PARTS,
  type IdentifierNode,
  type JsonNode,
  type ShareNode,
  type TraitNode,
} from './condition-model.ts'
import { describeClause } from './describe-condition.ts'
import { useJsonFault } from './use-json-fault.ts'
import { writeCondition } from './write-condition.ts'

interface FieldsProps<Leaf> {
  leaf: Leaf
  onChange: (leaf: Leaf, field: string) => void
}

/** What is known of a person. */
export function TraitFields({ leaf, onChange }: FieldsProps<TraitNode>) {
  const { t } = useTranslation('audiences')
  const catalogue = useCatalogue()
  const suggestions = catalogue?.traits.map(({ name, profiles }) => ({ value: name, count: profiles })) ?? []
  return (
    <div className={css.fields}>
      <NameField
        label={t('fields.trait')}
        value={leaf.trait}
        onChange={(trait) => onChange({ ...leaf, trait }, 'trait')}
        suggestions={suggestions}
        className={css.name}
      />
      <ValueTestFields
        test={leaf.test}
        onChange={(test) => onChange({ ...leaf, test }, 'test')}
        kinds={kindsOfTrait(catalogue, leaf.trait)}
        timeMoves
        of={{ trait: leaf.trait }}
      />
      <MixedKinds kinds={kindsOfTrait(catalogue, leaf.trait)} />
    </div>
  )
}

/** Member of another audience. */
export function AudienceFields({
  leaf,
  onChange,
  ownKey,
}: FieldsProps<AudienceNode> & { ownKey: string | undefined }) {
  const { t } = useTranslation('audiences')
  const { data } = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { freshMs: 30_000 })
  const others = data?.audiences.filter(({ key }) => key !== ownKey) ?? []
  const isKnown = leaf.audience === '' || others.some(({ key }) => key === leaf.audience)
  const choices = others.map(({ key, name }) => ({
    value: key,
    label: name === key ? key : `${name} (${key})`,
  }))
  return (
    <div className={css.fields}>
      <Select
        aria-label={t('fields.audience')}
        placeholder={t('fields.audience')}
        className={css.values ?? ''}
        // one that is gone stays to be seen, and the server says so
        data={isKnown ? choices : [...choices, { value: leaf.audience, label: leaf.audience }]}
        value={leaf.audience === '' ? null : leaf.audience}
        onChange={(audience) => onChange({ ...leaf, audience: audience ?? '' }, 'audience')}
        searchable
        comboboxProps={{ position: 'bottom-start' }}
      />
    </div>
  )
}

/** Whether a person has an identifier of a namespace. */
export function IdentifierFields({ leaf, onChange }: FieldsProps<IdentifierNode>) {
  const { t } = useTranslation('audiences')
  const catalogue = useCatalogue()
  const seen =
    catalogue?.identifiers.map(({ namespace, profiles }) => ({ value: namespace, count: profiles })) ?? []
  return (
    <div className={css.fields}>
      <NameField
        label={t('fields.namespace')}
        value={leaf.namespace}
        onChange={(namespace) => onChange({ ...leaf, namespace }, 'namespace')}
        suggestions={seen}
        className={css.name}
      />
      <Select
        aria-label={t('fields.identifierOp')}
        className={css.op ?? ''}
        data={[
          { value: 'exists', label: t('fields.has') },
          { value: 'not_exists', label: t('fields.hasNot') },
        ]}
        value={leaf.op}
        onChange={(op) => onChange({ ...leaf, op: op === 'not_exists' ? 'not_exists' : 'exists' }, 'op')}
        allowDeselect={false}
      />
    </div>
  )
}

/** A part that has no fields: as JSON, and what it says in words. */
export function JsonFields({ leaf, onChange }: FieldsProps<JsonNode>) {
  const { t } = useTranslation('audiences')
  const speaker = useSpeaker()
  const sayFault = useJsonFault()
  const { condition } = writeCondition({
    include: { ...EMPTY_PARTS.include, of: [leaf] },
    exclude: EMPTY_PARTS.exclude,
  })
  return (
    <>
      <Textarea
        aria-label={t('fields.jsonPart')}
        className={css.jsonPart ?? ''}
        value={leaf.text}
        onChange={(event) => onChange({ ...leaf, text: event.currentTarget.value }, 'json')}
        error={condition === null && leaf.text.trim() !== '' ? sayFault(leaf.text) : undefined}
        autosize
        minRows={2}
        maxRows={16}
        spellCheck={false}
      />
      {condition !== null && (
        <p className="note">
          <Sentence text={describeClause(condition, speaker)} />
        </p>
      )}
    </>
  )
}

/** A stable random share of all people. */
export function ShareFields({ leaf, onChange }: FieldsProps<ShareNode>) {
  const { t } = useTranslation('audiences')
  return (
    <div className={css.fields}>
      <TextInput
        aria-label={t('fields.seed')}
        placeholder={t('fields.seed')}
        title={t('fields.seedHint')}
        className={css.value ?? ''}
        value={leaf.seed}
        onChange={(event) => onChange({ ...leaf, seed: event.currentTarget.value }, 'seed')}
        autoComplete="off"
      />
      <NumberField
        label={t('fields.shareFrom')}
        value={leaf.from}
        onChange={(from) => onChange({ ...leaf, from }, 'from')}
        className={css.number}
        unit="%"
        min={0}
        max={100}
      />
      <span className={css.word} aria-hidden>
        –
      </span>
      <NumberField
        label={t('fields.shareTo')}
        value={leaf.to}
        onChange={(to) => onChange({ ...leaf, to }, 'to')}
        className={css.number}
        unit="%"
        min={0}
        max={100}
      />
      <span className={css.word}>{t('fields.seedHint')}</span>
    </div>
  )
}
