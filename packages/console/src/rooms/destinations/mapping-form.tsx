import { ActionIcon, Autocomplete, Button, Select, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import fieldsCss from '../../conditions/fields.module.css'
import css from './destinations.module.css'
import { type FieldModel, nextFieldId } from './mapping-model.ts'

interface MappingFormProps {
  fields: readonly FieldModel[]
  onChange: (fields: readonly FieldModel[]) => void
  /** paths of a real event, to choose from */
  paths: readonly string[]
}

/** Which fields are sent: each from a path of the event, or always the same. */
export function MappingForm({ fields, onChange, paths }: MappingFormProps) {
  const { t } = useTranslation('destinations')
  const change = (id: number, next: Partial<FieldModel>) =>
    onChange(fields.map((field) => (field.id === id ? { ...field, ...next } : field)))
  return (
    <div className={css.fields}>
      {fields.map(({ id, name, kind, text }, index) => (
        <div
          key={id}
          className={css.field}
          role="group"
          aria-label={t('connectionForm.field', { number: index + 1 })}
        >
          <TextInput
            aria-label={t('connectionForm.fieldName')}
            placeholder={t('connectionForm.fieldName')}
            className={fieldsCss.name ?? ''}
            value={name}
            onChange={(event) => change(id, { name: event.currentTarget.value })}
            spellCheck={false}
            autoComplete="off"
          />
          <Select
            aria-label={t('connectionForm.fieldKind')}
            className={fieldsCss.op ?? ''}
            data={(['path', 'value'] as const).map((one) => ({
              value: one,
              label: t(`connectionForm.fieldKinds.${one}`),
            }))}
            value={kind}
            onChange={(next) => change(id, { kind: next === 'value' ? 'value' : 'path' })}
            allowDeselect={false}
          />
          {kind === 'path' ? (
            <Autocomplete
              aria-label={t('connectionForm.fieldPath')}
              placeholder={t('connectionForm.fieldPath')}
              className={fieldsCss.name ?? ''}
              value={text}
              onChange={(next) => change(id, { text: next })}
              data={[...paths]}
              limit={100}
              maxDropdownHeight={240}
              comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
              spellCheck={false}
            />
          ) : (
            <TextInput
              aria-label={t('connectionForm.fieldValue')}
              placeholder={t('connectionForm.fieldValue')}
              className={fieldsCss.name ?? ''}
              value={text}
              onChange={(event) => change(id, { text: event.currentTarget.value })}
              autoComplete="off"
            />
          )}
          <ActionIcon
            size="lg"
            aria-label={t('connectionForm.removeField', { name: name === '' ? index + 1 : name })}
            onClick={() => onChange(fields.filter((field) => field.id !== id))}
          >
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={12} stroke={1.75} aria-hidden />}
          onClick={() => onChange([...fields, { id: nextFieldId(fields), name: '', kind: 'path', text: '' }])}
        >
          {t('connectionForm.addField')}
        </Button>
      </div>
    </div>
  )
}
