import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { DataTable } from '../../pieces/data-table.tsx'
import type { River, Step } from './river-model.ts'
import { useRateWords } from './use-rate-words.ts'
import { WaterDot } from './water-dot.tsx'

/** The same numbers as the picture, as a table. */
export function RiverTable({ river }: { river: River }) {
  const { t } = useTranslation('home')
  const formats = useFormats()
  const say = useRateWords()
  const { accepted, losses, processed, loaded, delivered, deliveries } = river
  const steps: Step[] = [accepted, ...losses, processed, loaded, delivered, ...deliveries]
  return (
    <DataTable
      label={t('river.title')}
      rows={steps}
      rowKey={({ name }) => name}
      isCompact
      empty={null}
      columns={[
        {
          key: 'step',
          head: t('river.columns.step'),
          cell: ({ name, water, href }) => (
            <span className="row">
              <WaterDot water={water} />
              <Anchor href={href} title={t(`river.hints.${name}`)}>
                {t(`river.steps.${name}`)}
              </Anchor>
            </span>
          ),
        },
        {
          key: 'rate',
          head: t('river.columns.rate'),
          isNumber: true,
          width: 140,
          cell: ({ rate }) => say(rate),
        },
        {
          key: 'total',
          head: t('river.columns.total'),
          isNumber: true,
          width: 180,
          cell: ({ total }) => formats.number(total),
        },
        {
          key: 'open',
          head: t('river.columns.open'),
          isNumber: true,
          width: 120,
          cell: ({ open }) => (open === undefined ? <span className="quiet">–</span> : formats.number(open)),
        },
      ]}
    />
  )
}
