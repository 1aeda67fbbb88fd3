import { IconTag } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from '../../../conditions/fields.module.css'
import { MixedKinds } from '../../../conditions/mixed-kinds.tsx'
import { NameField } from '../../../conditions/name-field.tsx'
import { kindsOfTrait, useCatalogue } from '../../../conditions/use-catalogue.ts'
import { isName, readTest, type ValueTestModel, writeTest } from '../../../conditions/value-test.ts'
import { ValueTestFields } from '../../../conditions/value-test-fields.tsx'
import type { LeafFieldsProps, LeafForm } from './leaf-form.ts'
import { asText, known, NotForBuilder } from './read-leaf.ts'
import { takeValue } from './take-value.ts'

export interface TraitNode {
  readonly id: number
  readonly kind: 'trait'
  readonly trait: string
  readonly test: ValueTestModel
}

/** What is known of a person. */
export const traitForm: LeafForm<'trait', TraitNode> = {
  kind: 'trait',
  icon: IconTag,
  name: { fr: 'Attribut', en: 'Trait' },
  hint: { fr: 'ce qu’on sait d’elle', en: 'what is known of them' },
  owns: ({ kind }) => kind === 'trait',
  empty: (id) => ({
    id,
    kind: 'trait',
    trait: '',
    test: { op: 'equals', values: [null], ignoresCase: false },
  }),
  recognizes: (object) => 'trait' in object,
  read: ({ trait, ...rest }, id) => {
    const test = readTest(known(rest, ['op', 'value', 'ignoreCase']))
    if (test === undefined) throw new NotForBuilder()
    return { id, kind: 'trait', trait: asText(trait), test }
  },
  write: ({ trait, test }) => {
    const written = writeTest(test)
    return isName(trait) && written !== undefined ? { trait, ...written } : undefined
  },
  takeNearest: (node, rest, nearest) =>
    rest === '.trait'
      ? { ...node, trait: String(nearest) }
      : { ...node, test: takeValue(node.test, rest, nearest) },
  Fields: TraitFields,
}

function TraitFields({ leaf, onChange }: LeafFieldsProps<TraitNode>) {
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
