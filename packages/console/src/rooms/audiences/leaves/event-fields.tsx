import { aggregates } from '@affluent/core/condition/aggregates/aggregates'
import { countOperators } from '@affluent/core/condition/operators/count-operators'
import { type Aggregate, COUNT_OPS, type CountOp } from '@affluent/protocol/condition'
import { CONDITION_COUNT_MAX } from '@affluent/protocol/limits'
import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../../app/formats.ts'
import fieldsCss from '../../../conditions/fields.module.css'
import { NameField } from '../../../conditions/name-field.tsx'
import { NumberField } from '../../../conditions/number-field.tsx'
import { PropertyTestFields } from '../../../conditions/property-test-fields.tsx'
import { useCatalogue, useProperties } from '../../../conditions/use-catalogue.ts'
import { emptyTest } from '../../../conditions/value-test.ts'
import { WindowFields } from '../../../conditions/window-fields.tsx'
import css from '../builder.module.css'
import { AGGREGATE_FNS, EVENT_KINDS, type EventKind, type EventNode } from './event-node.ts'
import type { LeafFieldsProps } from './leaf-form.ts'

/** What a person has done: which event, with which properties, how often or how much, and when. */
export function EventFields({ leaf, onChange, edit: { freeId } }: LeafFieldsProps<EventNode>) {
  const { t } = useTranslation('audiences')
  const catalogue = useCatalogue()
  const { type, event, where, window } = leaf
  const seen = catalogue?.events.filter((one) => one.type === type) ?? []
  const addTest = () =>
    onChange(
      { ...leaf, where: [...where, { id: freeId(), property: '', test: emptyTest('equals') }] },
      'where',
    )
  return (
    <>
      <div className={fieldsCss.fields}>
        <Select
          aria-label={t('fields.eventType')}
          className={fieldsCss.unit ?? ''}
          data={EVENT_KINDS.map((kind) => ({ value: kind, label: t(`fields.types.${kind}`) }))}
          value={type}
          onChange={(kind) => onChange({ ...leaf, type: kind as EventKind }, 'type')}
          allowDeselect={false}
        />
        <NameField
          label={t('fields.event')}
          value={event}
          onChange={(name) => onChange({ ...leaf, event: name }, 'event')}
          suggestions={seen.map(({ name, count }) => ({ value: name, count }))}
          className={fieldsCss.name}
          isFirst
        />
        <MeasureFields leaf={leaf} onChange={onChange} />
        <WindowFields window={window} onChange={(next) => onChange({ ...leaf, window: next }, 'window')} />
      </div>
      <div className={css.where}>
        {where.map((test) => (
          <PropertyTestFields
            key={test.id}
            event={event}
            type={type}
            test={test}
            onChange={(next) =>
              onChange(
                { ...leaf, where: where.map((one) => (one.id === test.id ? next : one)) },
                `where${test.id}`,
              )
            }
            onRemove={() => onChange({ ...leaf, where: where.filter((one) => one.id !== test.id) }, 'where')}
          />
        ))}
      </div>
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<IconPlus size={12} stroke={1.75} aria-hidden />}
        style={{ marginTop: 4 }}
        onClick={addTest}
      >
        {t('fields.addProperty')}
      </Button>
    </>
  )
}

function MeasureFields({ leaf, onChange }: Omit<LeafFieldsProps<EventNode>, 'edit'>) {
  const { t } = useTranslation('audiences')
  const { language } = useFormats()
  const { measure } = leaf
  const { op, value } = measure
  const properties = useProperties(leaf.event, leaf.type)
  const choose = (kind: string) => {
    if (kind === 'count') return onChange({ ...leaf, measure: { kind: 'count', op, value } }, 'measure')
    const property = measure.kind === 'aggregate' ? measure.property : ''
    onChange(
      { ...leaf, measure: { kind: 'aggregate', fn: kind as Aggregate, property, op, value } },
      'measure',
    )
  }
  const countable = properties.filter(({ path }) => !path.includes('[]'))
  const isCount = measure.kind === 'count'
  return (
    <>
      <Select
        aria-label={t('fields.measure')}
        className={fieldsCss.op ?? ''}
        data={[
          { value: 'count', label: t('fields.timesMeasure') },
          ...AGGREGATE_FNS.map((fn) => ({ value: fn as string, label: aggregates[fn].label[language] })),
        ]}
        value={isCount ? 'count' : measure.fn}
        onChange={(kind) => kind !== null && choose(kind)}
        allowDeselect={false}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
      {!isCount && (
        <>
          <span className={fieldsCss.word}>{t('fields.of')}</span>
          <NameField
            label={t('fields.property')}
            value={measure.property}
            onChange={(property) => onChange({ ...leaf, measure: { ...measure, property } }, 'measured')}
            suggestions={countable.map(({ path, count }) => ({ value: path, count }))}
            className={fieldsCss.value}
          />
        </>
      )}
      <Select
        aria-label={t('fields.countOp')}
        className={fieldsCss.unit ?? ''}
        data={COUNT_OPS.map((one) => ({ value: one, label: countOperators[one].label[language] }))}
        value={op}
        onChange={(next) =>
          next !== null && onChange({ ...leaf, measure: { ...measure, op: next as CountOp } }, 'countOp')
        }
        allowDeselect={false}
      />
      <NumberField
        label={t('fields.count')}
        value={value}
        onChange={(next) => onChange({ ...leaf, measure: { ...measure, value: next } }, 'count')}
        className={fieldsCss.number}
        {...(isCount ? { isWhole: true, min: 0, max: CONDITION_COUNT_MAX } : {})}
      />
      {isCount && <span className={fieldsCss.word}>{t('fields.times')}</span>}
    </>
  )
}
