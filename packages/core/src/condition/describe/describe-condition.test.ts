import type { Json } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unmarked } from '../../sentence/marked.ts'
import { speakerOf } from '../../sentence/speaker.ts'
import { arbitraryCondition } from '../testing/arbitrary-condition.ts'
import { describeCondition } from './describe-condition.ts'

const AUDIENCES: Readonly<Record<string, string>> = { vip: 'VIP', staff: 'Équipe' }
const nameOf = (key: string) => AUDIENCES[key] ?? key
const speakers = {
  fr: speakerOf('fr', 'Europe/Paris', nameOf),
  en: speakerOf('en', 'Europe/Paris', nameOf),
}

const say = (language: 'fr' | 'en', condition: Json, population: 'known' | 'all' = 'known') =>
  // how spaces break is for words.test.ts
  unmarked(describeCondition({ condition, population }, speakers[language])).replaceAll(
    /[\u00a0\u202f]/g,
    ' ',
  )

const orders = { event: 'Order Completed' }

// A row: the condition, what French says, what English says; without the subject and the full stop.
const LEAVES: ReadonlyArray<readonly [Json, string, string]> = [
  [{ trait: 'plan', op: 'equals', value: 'pro' }, 'dont « plan » est « pro »', 'whose “plan” is “pro”'],
  [
    { trait: 'plan', op: 'not_equals', value: 'pro' },
    'dont « plan » n’est pas « pro »',
    'whose “plan” is not “pro”',
  ],
  [
    { trait: 'plan', op: 'in', value: ['pro', 'team', 5, true] },
    'dont « plan » est parmi « pro », « team », 5 ou vrai',
    'whose “plan” is one of “pro”, “team”, 5 or true',
  ],
  [
    { trait: 'plan', op: 'not_in', value: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] },
    'dont « plan » n’est pas parmi « a », « b », « c », « d », « e », « f », « g », « h » ou 2 autres',
    'whose “plan” is none of “a”, “b”, “c”, “d”, “e”, “f”, “g”, “h” or 2 others',
  ],
  [
    { trait: 'city', op: 'contains', value: 'é', ignoreCase: true },
    'dont « city » contient « é » (casse et accents ignorés)',
    'whose “city” contains “é” (case and accents ignored)',
  ],
  [
    { trait: 'tags', op: 'not_contains', value: 'x' },
    'dont « tags » ne contient pas « x »',
    'whose “tags” does not contain “x”',
  ],
  [
    { trait: 'city', op: 'starts_with', value: 'Pa' },
    'dont « city » commence par « Pa »',
    'whose “city” begins with “Pa”',
  ],
  [
    { trait: 'city', op: 'ends_with', value: 'is' },
    'dont « city » finit par « is »',
    'whose “city” ends with “is”',
  ],
  [{ trait: 'plan', op: 'exists' }, 'dont « plan » a une valeur', 'whose “plan” has a value'],
  [{ trait: 'plan', op: 'not_exists' }, 'dont « plan » n’a pas de valeur', 'whose “plan” has no value'],
  [{ trait: 'age', op: 'gt', value: 1234.5 }, 'dont « age » dépasse 1 234,5', 'whose “age” is above 1,234.5'],
  [{ trait: 'age', op: 'gte', value: 18 }, 'dont « age » vaut au moins 18', 'whose “age” is at least 18'],
  [
    { trait: 'age', op: 'lt', value: 0.0005 },
    'dont « age » vaut moins de 0,0005',
    'whose “age” is below 0.0005',
  ],
  [{ trait: 'age', op: 'lte', value: -3 }, 'dont « age » vaut au plus -3', 'whose “age” is at most -3'],
  [
    { trait: 'age', op: 'gte', value: '18', as: 'number' },
    'dont « age » vaut au moins « 18 » (textes lus comme des nombres)',
    'whose “age” is at least “18” (texts read as numbers)',
  ],
  [
    { trait: 'born', op: 'equals', value: '1990-01-01', as: 'date' },
    'dont « born » est 1 janvier 1990 (textes lus comme des dates)',
    'whose “born” is 1 January 1990 (texts read as dates)',
  ],
  [
    {
      each: 'pets[]',
      where: [
        { property: 'kind', op: 'equals', value: 'cat' },
        { property: 'age', op: 'gte', value: 2 },
      ],
    },
    'dont un même élément de « pets[] » est tel que « kind » est « cat » et « age » vaut au moins 2',
    'who have an element of “pets[]” in which “kind” is “cat” and “age” is at least 2',
  ],
  [
    { ...orders, where: [{ each: 'products[]', where: [{ property: 'sku', op: 'equals', value: 'X' }] }] },
    'qui ont fait « Order Completed » (où dans un même élément de « products[] » « sku » est « X »)',
    'who have done “Order Completed” (where in one element of “products[]” “sku” is “X”)',
  ],
  [
    { event: ['Viewed', 'Order *'] },
    'qui ont fait « Viewed » ou « Order * »',
    'who have done “Viewed” or “Order *”',
  ],
  [{ event: { type: 'page' } }, 'qui ont vu une page quelconque', 'who have seen any page'],
  [{ event: '', type: 'page' }, 'qui ont vu une page quelconque', 'who have seen any page'],
  [
    { event: { type: 'screen', name: 'Home' }, count: { op: 'equals', value: 0 } },
    'qui n’ont pas vu l’écran « Home »',
    'who have not seen the screen “Home”',
  ],
  [
    { event: { type: 'identify' }, count: { op: 'lt', value: 1 } },
    'qui n’ont pas été identifiées',
    'who have not been identified',
  ],
  [
    { trait: 'age', op: 'between', value: [18, 25] },
    'dont « age » est entre 18 et 25',
    'whose “age” is between 18 and 25',
  ],
  [
    { trait: 'born', op: 'between', value: ['1990-01-01', '1999-12-31'] },
    'dont « born » est entre 1 janvier 1990 et 31 décembre 1999',
    'whose “born” is between 1 January 1990 and 31 December 1999',
  ],
  [
    { trait: 'signed_up', op: 'before', value: '2026-11-21' },
    'dont « signed_up » est avant le 21 novembre 2026',
    'whose “signed_up” is before 21 November 2026',
  ],
  [
    { trait: 'signed_up', op: 'after', value: '2026-11-21T10:00:00Z' },
    'dont « signed_up » est après le 21 nov. 2026, 11:00:00',
    'whose “signed_up” is after 21 Nov 2026, 11:00:00',
  ],
  [
    { trait: 'renews_at', op: 'within_next', value: '48h' },
    'dont « renews_at » est dans les 48 prochaines heures',
    'whose “renews_at” is in the next 48 hours',
  ],
  [
    { trait: 'seen_at', op: 'within_last', value: '3 months' },
    'dont « seen_at » est dans les 3 derniers mois',
    'whose “seen_at” is in the last 3 months',
  ],
  [
    { trait: 'birthday', op: 'anniversary_within_next', value: '1w' },
    'dont « birthday » a son anniversaire dans la prochaine semaine',
    'whose “birthday” has its anniversary in the next week',
  ],
  [orders, 'qui ont fait « Order Completed »', 'who have done “Order Completed”'],
  [
    { ...orders, type: 'page' },
    'qui ont vu la page « Order Completed »',
    'who have seen the page “Order Completed”',
  ],
  [
    { ...orders, type: 'screen', count: { op: 'equals', value: 0 } },
    'qui n’ont pas vu l’écran « Order Completed »',
    'who have not seen the screen “Order Completed”',
  ],
  [
    { ...orders, count: { op: 'gte', value: 2 }, within: '30d' },
    'qui ont fait « Order Completed » au moins 2 fois dans les 30 derniers jours',
    'who have done “Order Completed” at least 2 times in the last 30 days',
  ],
  [
    { ...orders, count: { op: 'gt', value: 1 } },
    'qui ont fait « Order Completed » plus d’une fois',
    'who have done “Order Completed” more than once',
  ],
  [
    { ...orders, count: { op: 'lte', value: 1_000_000 } },
    'qui ont fait « Order Completed » au plus 1 000 000 de fois',
    'who have done “Order Completed” at most 1,000,000 times',
  ],
  [
    { ...orders, count: { op: 'lt', value: 1 } },
    'qui n’ont pas fait « Order Completed »',
    'who have not done “Order Completed”',
  ],
  [
    { ...orders, count: { op: 'lt', value: 4 } },
    'qui ont fait « Order Completed » moins de 4 fois',
    'who have done “Order Completed” fewer than 4 times',
  ],
  [
    { ...orders, count: { op: 'equals', value: 1 } },
    'qui ont fait « Order Completed » exactement une fois',
    'who have done “Order Completed” exactly once',
  ],
  [
    { ...orders, count: { op: 'gte', value: 0 } },
    'qui ont fait « Order Completed » un nombre quelconque de fois',
    'who have done “Order Completed” any number of times',
  ],
  [
    {
      ...orders,
      where: [
        { property: 'revenue', op: 'gt', value: 50 },
        { property: 'items[].sku', op: 'equals', value: 'A' },
      ],
    },
    'qui ont fait « Order Completed » (où « revenue » dépasse 50 et « items[].sku » est « A »)',
    'who have done “Order Completed” (where “revenue” is above 50 and “items[].sku” is “A”)',
  ],
  [
    { ...orders, aggregate: { fn: 'sum', property: 'revenue' }, op: 'gte', value: 500, within: '90d' },
    'dont la somme de « revenue » sur « Order Completed » vaut au moins 500 dans les 90 derniers jours',
    'whose total of “revenue” over “Order Completed” is at least 500 in the last 90 days',
  ],
  [
    { ...orders, aggregate: { fn: 'avg', property: 'revenue' }, op: 'lt', value: 20 },
    'dont la moyenne de « revenue » sur « Order Completed » vaut moins de 20',
    'whose average of “revenue” over “Order Completed” is below 20',
  ],
  [
    { ...orders, aggregate: { fn: 'min', property: 'revenue' }, op: 'gt', value: 20 },
    'dont le minimum de « revenue » sur « Order Completed » dépasse 20',
    'whose smallest “revenue” over “Order Completed” is above 20',
  ],
  [
    { ...orders, aggregate: { fn: 'max', property: 'revenue' }, op: 'lte', value: 20 },
    'dont le maximum de « revenue » sur « Order Completed » vaut au plus 20',
    'whose largest “revenue” over “Order Completed” is at most 20',
  ],
  [
    { event: 'Cart', type: 'page', aggregate: { fn: 'distinct', property: 'sku' }, op: 'equals', value: 3 },
    'dont le nombre de valeurs différentes de « sku » sur la page « Cart » est 3',
    'whose number of different “sku” over the page “Cart” is 3',
  ],
  [
    {
      ...orders,
      aggregate: { fn: 'first', property: 'coupon' },
      op: 'equals',
      value: 'NEW',
      ignoreCase: true,
    },
    'dont la première valeur de « coupon » sur « Order Completed » est « NEW » (casse et accents ignorés)',
    'whose first “coupon” over “Order Completed” is “NEW” (case and accents ignored)',
  ],
  [
    { ...orders, aggregate: { fn: 'last', property: 'coupon' }, op: 'exists' },
    'dont la dernière valeur de « coupon » sur « Order Completed » a une valeur',
    'whose last “coupon” over “Order Completed” has a value',
  ],
  [{ audience: 'vip' }, 'qui sont dans l’audience « VIP »', 'who are in the audience “VIP”'],
  [{ audience: 'other' }, 'qui sont dans l’audience « other »', 'who are in the audience “other”'],
  [
    { identifier: 'email', op: 'exists' },
    'qui ont un identifiant « email »',
    'who have an identifier “email”',
  ],
  [
    { identifier: 'email', op: 'not_exists' },
    'qui n’ont pas d’identifiant « email »',
    'who have no identifier “email”',
  ],
  [
    { bucket: { seed: 'spring', from: 0.1, to: 0.3 } },
    'qui sont dans une part stable de 0,2 % tirée au hasard (tirage « spring », de 0,1 à 0,3)',
    'who are in a stable random share of 0.2% (draw “spring”, from 0.1 to 0.3)',
  ],
]

test.each(LEAVES)('%j is said in both languages', (condition, fr, en) => {
  expect(say('fr', condition)).toBe(`Les personnes connues ${fr}.`)
  expect(say('en', condition)).toBe(`Known people ${en}.`)
})

const WINDOWS: ReadonlyArray<readonly [Json, string, string]> = [
  ['1ms', 'dans la dernière milliseconde', 'in the last millisecond'],
  ['90s', 'dans les 90 dernières secondes', 'in the last 90 seconds'],
  ['90m', 'dans les 90 dernières minutes', 'in the last 90 minutes'],
  ['48h', 'dans les 48 dernières heures', 'in the last 48 hours'],
  ['1d', 'dans le dernier jour', 'in the last day'],
  ['2w', 'dans les 2 dernières semaines', 'in the last 2 weeks'],
  ['2 days', 'dans les 2 derniers jours', 'in the last 2 days'],
  ['1 week', 'dans la dernière semaine', 'in the last week'],
  ['24 months', 'dans les 24 derniers mois', 'in the last 24 months'],
  ['2 quarters', 'dans les 2 derniers trimestres', 'in the last 2 quarters'],
  ['1 year', 'dans la dernière année', 'in the last year'],
  ['this day', 'aujourd’hui', 'today'],
  ['this week', 'cette semaine', 'this week'],
  ['this month', 'ce mois-ci', 'this month'],
  ['this quarter', 'ce trimestre', 'this quarter'],
  ['this year', 'cette année', 'this year'],
  ['last calendar day', 'hier', 'yesterday'],
  ['last 1 calendar week', 'la semaine dernière', 'last week'],
  [
    'last 2 calendar weeks',
    'dans les 2 semaines entières avant celle-ci',
    'in the 2 full weeks before this one',
  ],
  ['last calendar month', 'le mois dernier', 'last month'],
  [
    'last 3 calendar quarters',
    'dans les 3 trimestres entiers avant celui-ci',
    'in the 3 full quarters before this one',
  ],
  ['last calendar year', 'l’année dernière', 'last year'],
  [
    { from: '2026-11-01', to: '2026-11-30' },
    'du 1 novembre 2026 au 30 novembre 2026',
    'from 1 November 2026 to 30 November 2026',
  ],
  [{ from: '2026-11-01', to: null }, 'depuis le 1 novembre 2026', 'since 1 November 2026'],
  [{ to: '2026-11-01T00:30:00Z' }, 'jusqu’au 1 nov. 2026, 01:30:00', 'until 1 Nov 2026, 00:30:00'],
]

test.each(WINDOWS)('the window %j is said in both languages', (within, fr, en) => {
  const zone = en.replace('00:30', '01:30')
  expect(say('fr', { ...orders, within })).toBe(
    `Les personnes connues qui ont fait « Order Completed » ${fr}.`,
  )
  expect(say('en', { ...orders, within })).toBe(`Known people who have done “Order Completed” ${zone}.`)
})

const a: Json = { trait: 'a', op: 'exists' }
const b: Json = { trait: 'b', op: 'exists' }
const c: Json = { trait: 'c', op: 'equals', value: 1 }
const d: Json = { trait: 'd', op: 'gt', value: 1 }

const GROUPS: ReadonlyArray<readonly [Json, string, string]> = [
  [
    { all: [a, b] },
    'Les personnes connues dont « a » a une valeur et dont « b » a une valeur.',
    'Known people whose “a” has a value and whose “b” has a value.',
  ],
  [
    { any: [a, b] },
    'Les personnes connues dont « a » a une valeur ou dont « b » a une valeur.',
    'Known people whose “a” has a value or whose “b” has a value.',
  ],
  [
    { all: [a, { any: [b, { all: [c, d] }] }] },
    'Les personnes connues dont « a » a une valeur et (dont « b » a une valeur ou (dont « c » est 1 et dont « d » dépasse 1)).',
    'Known people whose “a” has a value and (whose “b” has a value or (whose “c” is 1 and whose “d” is above 1)).',
  ],
  [
    { all: [a, { not: { audience: 'staff' } }] },
    'Les personnes connues dont « a » a une valeur, sauf celles qui sont dans l’audience « Équipe ».',
    'Known people whose “a” has a value, except those who are in the audience “Équipe”.',
  ],
  [
    { all: [{ any: [a, b] }, { not: { any: [c, { all: [d, a] }] } }, { not: b }] },
    'Les personnes connues dont « a » a une valeur ou dont « b » a une valeur, sauf celles dont « c » est 1, (dont « d » dépasse 1 et dont « a » a une valeur) ou dont « b » a une valeur.',
    'Known people whose “a” has a value or whose “b” has a value, except those whose “c” is 1, (whose “d” is above 1 and whose “a” has a value) or whose “b” has a value.',
  ],
  [
    { not: orders },
    'Toutes les personnes connues, sauf celles qui ont fait « Order Completed ».',
    'All known people, except those who have done “Order Completed”.',
  ],
  // inside a group, what has an exact opposite is said by it
  [
    {
      any: [
        a,
        { not: c },
        { not: { ...orders, within: '30d' } },
        { not: { audience: 'vip' } },
        { not: { not: b } },
      ],
    },
    'Les personnes connues dont « a » a une valeur, dont « c » n’est pas 1, qui n’ont pas fait « Order Completed » dans les 30 derniers jours, qui ne sont pas dans l’audience « VIP » ou dont « b » a une valeur.',
    'Known people whose “a” has a value, whose “c” is not 1, who have not done “Order Completed” in the last 30 days, who are not in the audience “VIP” or whose “b” has a value.',
  ],
  [
    { any: [a, { not: d }, { not: { all: [b, c] } }] },
    'Les personnes connues dont « a » a une valeur, qui ne sont pas parmi celles (dont « d » dépasse 1) ou qui ne sont pas parmi celles (dont « b » a une valeur et dont « c » est 1).',
    'Known people whose “a” has a value, who are not among those (whose “d” is above 1) or who are not among those (whose “b” has a value and whose “c” is 1).',
  ],
  [null, 'Toutes les personnes connues.', 'All known people.'],
]

test.each(GROUPS)('the group %j is said in both languages', (condition, fr, en) => {
  expect(say('fr', condition)).toBe(fr)
  expect(say('en', condition)).toBe(en)
})

test('visitors are said to be counted, or are not spoken of', () => {
  expect(say('fr', a, 'all')).toBe('Les personnes, visiteurs compris, dont « a » a une valeur.')
  expect(say('en', a, 'all')).toBe('People, visitors included, whose “a” has a value.')
  expect(say('en', null, 'all')).toBe('All people, visitors included.')
})

test('what is not known is shown as it is', () => {
  expect(say('en', { consent: 'marketing' })).toContain('{"consent":"marketing"}')
  expect(say('fr', { ...orders, within: 'someday' })).toContain('dans la période "someday"')
  expect(say('fr', { trait: 'a', op: 'rhymes', value: 'x' })).toContain('vérifie {"op":"rhymes","value":"x"}')
})

test('every condition that the API takes is said in full in both languages', () => {
  fc.assert(
    fc.property(arbitraryCondition, fc.constantFrom('fr', 'en'), (condition, language) => {
      const said = say(language as 'fr' | 'en', condition)
      expect(said.endsWith('.')).toBe(true)
      // no word is missing, and no value fell out of a sentence
      expect(said).not.toMatch(/say\.|\{\{|undefined|\[object|NaN|ne sait pas dire|cannot put into words/)
    }),
    { numRuns: 300 },
  )
})
