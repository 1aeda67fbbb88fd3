import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from './fields.module.css'
import { MixedKinds } from './mixed-kinds.tsx'
import { NameField } from './name-field.tsx'
import { useProperties } from './use-catalogue.ts'
import type { PropertyTestModel } from './value-test.ts'
import { ValueTestFields } from './value-test-fields.tsx'

interface PropertyTestFieldsProps {
  /** Of which event the property is. */
  event: string
  type: string
  test: PropertyTestModel
  onChange: (test: PropertyTestModel) => void
  onRemove: () => void
}

/** One filter on a property of an event. */
export function PropertyTestFields({ event, type, test, onChange, onRemove }: PropertyTestFieldsProps) {
  const { t } = useTranslation('audiences')
  const properties = useProperties(event, type)
  const kinds = properties.find(({ path }) => path === test.property)?.kinds ?? []
  return (
    <div className={css.fields}>
      <NameField
        label={t('fields.property')}
        value={test.property}
        onChange={(property) => onChange({ ...test, property })}
        suggestions={properties.map(({ path, count }) => ({ value: path, count }))}
        className={css.name}
      />
      <ValueTestFields
        test={test.test}
        onChange={(next) => onChange({ ...test, test: next })}
        // what is in a list is asked like what is alone
        kinds={test.property.includes('[]') ? [] : kinds}
        timeMoves={false}
        of={{ event, type, property: test.property }}
      />
      <ActionIcon
        size="lg"
        aria-label={t('fields.removeProperty', { property: test.property })}
        onClick={onRemove}
      >
        <IconX size={16} stroke={1.5} />
      </ActionIcon>
      <MixedKinds kinds={kinds} />
    </div>
  )
}
