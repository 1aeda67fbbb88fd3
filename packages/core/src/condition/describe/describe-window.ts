import type { CalendarUnit } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { marked } from '../../sentence/marked.ts'
import type { Speaker } from '../../sentence/speaker.ts'
import type { CountedTexts, Texts } from '../../sentence/texts.ts'
import { readSpanText, readWindowText, type SpanUnit } from '../window-text.ts'
import { describeEnd } from './describe-value.ts'

/** Units that have words of their own: a calendar day or week is told as any other. */
type SpokenUnit = Exclude<SpanUnit, 'day' | 'week'>

const PAST: Readonly<Record<SpokenUnit, CountedTexts>> = {
  ms: {
    en: { one: 'in the last millisecond', other: 'in the last {shown} milliseconds' },
    fr: {
      one: 'dans la dernière milliseconde',
      many: 'dans les {shown} de dernières millisecondes',
      other: 'dans les {shown} dernières millisecondes',
    },
  },
  s: {
    en: { one: 'in the last second', other: 'in the last {shown} seconds' },
    fr: {
      one: 'dans la dernière seconde',
      many: 'dans les {shown} de dernières secondes',
      other: 'dans les {shown} dernières secondes',
    },
  },
  m: {
    en: { one: 'in the last minute', other: 'in the last {shown} minutes' },
    fr: {
      one: 'dans la dernière minute',
      many: 'dans les {shown} de dernières minutes',
      other: 'dans les {shown} dernières minutes',
    },
  },
  h: {
    en: { one: 'in the last hour', other: 'in the last {shown} hours' },
    fr: {
      one: 'dans la dernière heure',
      many: 'dans les {shown} de dernières heures',
      other: 'dans les {shown} dernières heures',
    },
  },
  d: {
    en: { one: 'in the last day', other: 'in the last {shown} days' },
    fr: {
      one: 'dans le dernier jour',
      many: 'dans les {shown} de derniers jours',
      other: 'dans les {shown} derniers jours',
    },
  },
  w: {
    en: { one: 'in the last week', other: 'in the last {shown} weeks' },
    fr: {
      one: 'dans la dernière semaine',
      many: 'dans les {shown} de dernières semaines',
      other: 'dans les {shown} dernières semaines',
    },
  },
  month: {
    en: { one: 'in the last month', other: 'in the last {shown} months' },
    fr: {
      one: 'dans le dernier mois',
      many: 'dans les {shown} de derniers mois',
      other: 'dans les {shown} derniers mois',
    },
  },
  quarter: {
    en: { one: 'in the last quarter', other: 'in the last {shown} quarters' },
    fr: {
      one: 'dans le dernier trimestre',
      many: 'dans les {shown} de derniers trimestres',
      other: 'dans les {shown} derniers trimestres',
    },
  },
  year: {
    en: { one: 'in the last year', other: 'in the last {shown} years' },
    fr: {
      one: 'dans la dernière année',
      many: 'dans les {shown} de dernières années',
      other: 'dans les {shown} dernières années',
    },
  },
}
const NEXT: Readonly<Record<SpokenUnit, CountedTexts>> = {
  ms: {
    en: { one: 'in the next millisecond', other: 'in the next {shown} milliseconds' },
    fr: {
      one: 'dans la prochaine milliseconde',
      many: 'dans les {shown} de prochaines millisecondes',
      other: 'dans les {shown} prochaines millisecondes',
    },
  },
  s: {
    en: { one: 'in the next second', other: 'in the next {shown} seconds' },
    fr: {
      one: 'dans la prochaine seconde',
      many: 'dans les {shown} de prochaines secondes',
      other: 'dans les {shown} prochaines secondes',
    },
  },
  m: {
    en: { one: 'in the next minute', other: 'in the next {shown} minutes' },
    fr: {
      one: 'dans la prochaine minute',
      many: 'dans les {shown} de prochaines minutes',
      other: 'dans les {shown} prochaines minutes',
    },
  },
  h: {
    en: { one: 'in the next hour', other: 'in the next {shown} hours' },
    fr: {
      one: 'dans la prochaine heure',
      many: 'dans les {shown} de prochaines heures',
      other: 'dans les {shown} prochaines heures',
    },
  },
  d: {
    en: { one: 'in the next day', other: 'in the next {shown} days' },
    fr: {
      one: 'dans le prochain jour',
      many: 'dans les {shown} de prochains jours',
      other: 'dans les {shown} prochains jours',
    },
  },
  w: {
    en: { one: 'in the next week', other: 'in the next {shown} weeks' },
    fr: {
      one: 'dans la prochaine semaine',
      many: 'dans les {shown} de prochaines semaines',
      other: 'dans les {shown} prochaines semaines',
    },
  },
  month: {
    en: { one: 'in the next month', other: 'in the next {shown} months' },
    fr: {
      one: 'dans le prochain mois',
      many: 'dans les {shown} de prochains mois',
      other: 'dans les {shown} prochains mois',
    },
  },
  quarter: {
    en: { one: 'in the next quarter', other: 'in the next {shown} quarters' },
    fr: {
      one: 'dans le prochain trimestre',
      many: 'dans les {shown} de prochains trimestres',
      other: 'dans les {shown} prochains trimestres',
    },
  },
  year: {
    en: { one: 'in the next year', other: 'in the next {shown} years' },
    fr: {
      one: 'dans la prochaine année',
      many: 'dans les {shown} de prochaines années',
      other: 'dans les {shown} prochaines années',
    },
  },
}
const THIS: Readonly<Record<CalendarUnit, Texts>> = {
  day: { en: 'today', fr: 'aujourd’hui' },
  week: { en: 'this week', fr: 'cette semaine' },
  month: { en: 'this month', fr: 'ce mois-ci' },
  quarter: { en: 'this quarter', fr: 'ce trimestre' },
  year: { en: 'this year', fr: 'cette année' },
}
const PREVIOUS: Readonly<Record<CalendarUnit, CountedTexts>> = {
  day: {
    en: { one: 'yesterday', other: 'in the {shown} full days before today' },
    fr: {
      one: 'hier',
      many: 'dans les {shown} de jours entiers avant aujourd’hui',
      other: 'dans les {shown} jours entiers avant aujourd’hui',
    },
  },
  week: {
    en: { one: 'last week', other: 'in the {shown} full weeks before this one' },
    fr: {
      one: 'la semaine dernière',
      many: 'dans les {shown} de semaines entières avant celle-ci',
      other: 'dans les {shown} semaines entières avant celle-ci',
    },
  },
  month: {
    en: { one: 'last month', other: 'in the {shown} full months before this one' },
    fr: {
      one: 'le mois dernier',
      many: 'dans les {shown} de mois entiers avant celui-ci',
      other: 'dans les {shown} mois entiers avant celui-ci',
    },
  },
  quarter: {
    en: { one: 'last quarter', other: 'in the {shown} full quarters before this one' },
    fr: {
      one: 'le trimestre dernier',
      many: 'dans les {shown} de trimestres entiers avant celui-ci',
      other: 'dans les {shown} trimestres entiers avant celui-ci',
    },
  },
  year: {
    en: { one: 'last year', other: 'in the {shown} full years before this one' },
    fr: {
      one: 'l’année dernière',
      many: 'dans les {shown} d’années entières avant celle-ci',
      other: 'dans les {shown} années entières avant celle-ci',
    },
  },
}
const RANGE: Texts = { en: 'from {from} to {to}', fr: 'du {from} au {to}' }
const SINCE: Texts = { en: 'since {from}', fr: 'depuis le {from}' }
const UNTIL: Texts = { en: 'until {to}', fr: 'jusqu’au {to}' }
const UNKNOWN: Texts = { en: 'in the period {value}', fr: 'dans la période {value}' }

/** When: "in the last 30 days", "this month", "from 1 to 30 November". */
export function describeWindow(json: Json, speaker: Speaker): string {
  const text = typeof json === 'string' ? readWindowText(json) : undefined
  switch (text?.kind) {
    case 'rolling':
      return describeSpan(json as string, 'past', speaker)
    case 'this':
      return speaker.say(THIS[text.unit])
    case 'previous':
      return speaker.sayCount(PREVIOUS[text.unit], text.count, { shown: marked(speaker.number(text.count)) })
    case undefined:
      return describeRange(json, speaker) ?? speaker.say(UNKNOWN, { value: marked(JSON.stringify(json)) })
  }
}

/** A stretch of time that rolls with now: "in the next 7 days"; a text that is none is told as it is. */
export function describeSpan(text: string, direction: 'past' | 'next', speaker: Speaker): string {
  const span = readSpanText(text)
  if (span === undefined) return marked(text)
  const unit = span.unit === 'day' ? 'd' : span.unit === 'week' ? 'w' : span.unit
  const shown = marked(speaker.number(span.count))
  return speaker.sayCount((direction === 'past' ? PAST : NEXT)[unit], span.count, { shown })
}

/** @returns undefined when it is no range */
function describeRange(json: Json, speaker: Speaker): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  if (Object.keys(json).some((key) => key !== 'from' && key !== 'to')) return undefined
  const { from = null, to = null } = json
  if (!isEnd(from) || !isEnd(to)) return undefined
  const since = from === null ? '' : describeEnd(from, speaker)
  const until = to === null ? '' : describeEnd(to, speaker)
  if (from === null) return to === null ? undefined : speaker.say(UNTIL, { to: until })
  return to === null ? speaker.say(SINCE, { from: since }) : speaker.say(RANGE, { from: since, to: until })
}

function isEnd(json: Json): json is string | null {
  return json === null || (typeof json === 'string' && json !== '')
}
