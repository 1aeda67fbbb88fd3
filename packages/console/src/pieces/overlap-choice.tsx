import { Radio } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const DAY_MS = 86_400_000
const OVERLAPS = { now: 0, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const

/** For how long a key is good beside the one that takes its place. */
export type Overlap = keyof typeof OVERLAPS

const NAMES = Object.keys(OVERLAPS) as Overlap[]

/** When that is over, as the API wants it. */
export function endOfOverlap(overlap: Overlap): string {
  return new Date(Date.now() + OVERLAPS[overlap]).toISOString()
}

/** Asks for how long the old key stays good. */
export function OverlapChoice({ value, onChange }: { value: Overlap; onChange: (value: Overlap) => void }) {
  const { t } = useTranslation('pieces')
  return (
    <Radio.Group
      label={t('overlap')}
      description={t('overlapHint')}
      value={value}
      onChange={(chosen) => onChange(NAMES.find((name) => name === chosen) ?? 'week')}
    >
      <div className="stack" style={{ gap: 8, marginTop: 4 }}>
        {NAMES.map((name) => (
          <Radio key={name} value={name} label={t(`overlaps.${name}`)} />
        ))}
      </div>
    </Radio.Group>
  )
}
