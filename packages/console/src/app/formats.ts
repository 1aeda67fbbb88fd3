import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from './language.ts'

/** Numbers and instants as people of a language write them. */
export interface Formats {
  readonly language: Language
  /** The zone in which instants are shown. */
  readonly zone: string
  readonly number: (value: number) => string
  /** 12.4k; only where the exact number is a hover away. */
  readonly compact: (value: number) => string
  /** One decimal below ten, none above: 0.4, 3.2, 128. */
  readonly rate: (value: number) => string
  /** A share between 0 and 1. */
  readonly percent: (share: number) => string
  /** 14:03:12 */
  readonly time: (instant: string | number | Date) => string
  /** 22 Nov 2026, 14:03:12 */
  readonly exact: (instant: string | number | Date) => string
  readonly day: (instant: string | number | Date) => string
  /** 3 minutes ago. */
  readonly relative: (instant: string | number | Date, now?: number) => string
  /** 820 ms, 4.2 s, 3 min. */
  readonly duration: (milliseconds: number) => string
  /** 512 bytes, 1.4 kB. */
  readonly size: (bytes: number) => string
  /** a, b and c */
  readonly list: (items: readonly string[]) => string
  /** a, b or c */
  readonly anyOf: (items: readonly string[]) => string
}

const STEPS: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** The formats of the language in use. */
export function useFormats(): Formats {
  const { i18n } = useTranslation()
  return useMemo(() => formatsOf(i18n.language === 'fr' ? 'fr' : 'en'), [i18n.language])
}

/** The formats of a language, in a zone (by default that of the browser). */
export function formatsOf(
  language: Language,
  zone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone,
): Formats {
  const locale = language === 'en' ? 'en-GB' : language
  const plain = new Intl.NumberFormat(locale)
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: zone })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: zone })
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' })
  const list = new Intl.ListFormat(locale)
  const anyOf = new Intl.ListFormat(locale, { type: 'disjunction' })
  const unit = (name: string, value: number) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'byte' ? 'long' : 'short',
      maximumFractionDigits: value < 10 ? 1 : 0,
    }).format(value)
  return {
    language,
    zone,
    number: (value) => plain.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? plain.format(value) : compact.format(value)),
    rate: (value) => (value < 10 ? tenths : whole).format(value),
    percent: (share) => percent.format(share),
    time: (instant) => time.format(new Date(instant)),
    exact: (instant) => exact.format(new Date(instant)),
    day: (instant) => day.format(new Date(instant)),
    relative: (instant, now = Date.now()) => {
      const seconds = Math.round((new Date(instant).getTime() - now) / 1_000)
      const [name, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1]
      return ago.format(Math.trunc(seconds / size), name)
    },
    duration: (ms) => {
      if (ms < 1_000) return unit('millisecond', Math.round(ms))
      if (ms < 60_000) return unit('second', ms / 1_000)
      if (ms < 3_600_000) return unit('minute', ms / 60_000)
      return ms < 86_400_000 ? unit('hour', ms / 3_600_000) : unit('day', ms / 86_400_000)
    },
    size: (bytes) => {
      if (bytes < 1_000) return unit('byte', bytes)
      return bytes < 1_000_000 ? unit('kilobyte', bytes / 1_000) : unit('megabyte', bytes / 1_000_000)
    },
    list: (items) => list.format(items),
    anyOf: (items) => anyOf.format(items),
  }
}
