import { ActionIcon, Autocomplete, Button, Checkbox, Select, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import fieldsCss from '../../conditions/fields.module.css'
import css from './destinations.module.css'
import { FIELD_KINDS, type FieldKind, type FieldModel, nextFieldId } from './mapping-model.ts'

interface MappingFormProps {
  fields: readonly FieldModel[]
  onChange: (fields: readonly FieldModel[]) => void
  /** paths of a real event, to choose from */
  paths: readonly string[]
  /** traits that people have, to choose from */
  traits: readonly string[]
  /** what is wrong with a field, by its name */
  warnings: ReadonlyMap<string, string>
}

/** Which fields are sent: each from a path of the event, from a trait of the person, or always the same. */
export function MappingForm({ fields, onChange, paths, traits, warnings }: MappingFormProps) {
  const { t } = useTranslation('destinations')
  const change = (id: number, next: Partial<FieldModel>) =>
    onChange(fields.map((field) => (field.id === id ? { ...field, ...next } : field)))
  return (
    <div className={css.fields}>
      {fields.map(({ id, name, kind, text, isRequired }, index) => (
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
            data={FIELD_KINDS.map((one) => ({
              value: one,
              label: t(`connectionForm.fieldKinds.${one}`),
            }))}
            value={kind}
            onChange={(next) => change(id, { kind: next as FieldKind })}
            allowDeselect={false}
          />
          {kind !== 'value' ? (
            <Autocomplete
              aria-label={t(kind === 'path' ? 'connectionForm.fieldPath' : 'connectionForm.fieldTrait')}
              placeholder={t(kind === 'path' ? 'connectionForm.fieldPath' : 'connectionForm.fieldTrait')}
              className={fieldsCss.name ?? ''}
              value={text}
              onChange={(next) => change(id, { text: next })}
              data={[...(kind === 'path' ? paths : traits)]}
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
          <Checkbox
            size="xs"
            className={css.required ?? ''}
            label={t('connectionForm.fieldRequired')}
            description={t('connectionForm.fieldRequiredHint')}
            checked={isRequired}
            onChange={(event) => change(id, { isRequired: event.currentTarget.checked })}
          />
          {warnings.has(name) && (
            <p className={css.warning} role="status">
              {warnings.get(name)}
            </p>
          )}
        </div>
      ))}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={12} stroke={1.75} aria-hidden />}
          onClick={() =>
            onChange([
              ...fields,
              { id: nextFieldId(fields), name: '', kind: 'path', text: '', isRequired: false },
            ])
          }
        >
          {t('connectionForm.addField')}
        </Button>
      </div>
    </div>
  )
}
