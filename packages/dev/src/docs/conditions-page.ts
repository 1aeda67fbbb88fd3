import { aggregates } from '@affluent/core/condition/aggregates/aggregates'
import { describeClause } from '@affluent/core/condition/describe/describe-condition'
import { leafKinds } from '@affluent/core/condition/leaves/leaf-kinds'
import { countOperators } from '@affluent/core/condition/operators/count-operators'
import { exampleOf, operators } from '@affluent/core/condition/operators/operators'
import { unmarked } from '@affluent/core/sentence/marked'
import { type Speaker, speakerOf } from '@affluent/core/sentence/speaker'
import { type Aggregate, type CountOp, VALUE_OPS } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'

const ZONE = 'Europe/Paris'
const NAMES: Readonly<Record<string, string>> = { vip: 'VIP' }

/** A language in which the page is written; the speaker of core tells each example in it. */
export type PageLanguage = 'en' | 'fr'

/** All that stands on the page and is no example. */
interface PageWords {
  readonly title: string
  /** what stands above the chapters: the way to the other language, what the page is */
  readonly lead: string
  /** head of the column with the example told as a sentence */
  readonly told: string
  /** head of the column with the name that the builder of the console shows */
  readonly inBuilder: string
  readonly example: string
  readonly takes: string
  readonly asNumber: string
  readonly asDate: string
  readonly forms: string
  readonly joins: string
  readonly valueOps: string
  readonly valueOpsLead: string
  readonly countOps: string
  readonly countOpsLead: string
  readonly aggregates: string
}

const WORDS: Readonly<Record<PageLanguage, PageWords>> = {
  en: {
    title: 'What a condition may ask',
    lead: `[Français](fr/conditions.md)

Each form, operator and aggregate with an example, and how the console tells it. This page is made from \`packages/core/src/condition\`; a test keeps
the two equal. What they mean to the letter is in [Audiences](audiences.md).`,
    inBuilder: 'in the builder',
    told: 'in words',
    example: 'example',
    takes: 'takes',
    asNumber: 'as number',
    asDate: 'as date',
    forms: 'Forms',
    joins: '`{"all":[...]}`, `{"any":[...]}` and `{"not":...}` join them.',
    valueOps: 'Operators of values',
    valueOpsLead:
      'Of traits, of properties, and of aggregates that are one of the values. `as` and `ignoreCase` where the operator takes them.',
    countOps: 'Operators of counts',
    countOpsLead: 'Also of aggregates that are a number.',
    aggregates: 'Aggregates',
  },
  fr: {
    title: 'Ce qu’une condition peut demander',
    lead: `[English](../conditions.md)

Chaque forme, chaque comparaison et chaque mesure avec un exemple, et la phrase que la console en fait. Cette page est produite d’après
\`packages/core/src/condition\` ; un test garde les deux égaux. Ce qu’elles signifient à la lettre est dans [Audiences](audiences.md).`,
    inBuilder: 'dans le constructeur',
    told: 'en une phrase',
    example: 'exemple',
    takes: 'accepte',
    asNumber: 'as number (lu comme un nombre)',
    asDate: 'as date (lu comme une date)',
    forms: 'Formes',
    joins: '`{"all":[...]}`, `{"any":[...]}` et `{"not":...}` les assemblent.',
    valueOps: 'Comparaisons de valeurs',
    valueOpsLead:
      'Sur les attributs, les propriétés, et les mesures qui sont l’une des valeurs. `as` et `ignoreCase` là où la comparaison les accepte.',
    countOps: 'Comparaisons de comptes',
    countOpsLead: 'Aussi sur les mesures qui sont un nombre.',
    aggregates: 'Mesures',
  },
}

/** The page of what a condition may ask, from the registries of leaves, operators and aggregates in core. */
export function conditionsPage(language: PageLanguage): string {
  const words = WORDS[language]
  const speaker = speakerOf(language, ZONE, (key) => NAMES[key] ?? key)
  const cells = (example: JsonObject) => exampleCells(example, speaker)
  const leaves = Object.values(leafKinds).flatMap(({ example }) => example ?? []) as readonly JsonObject[]
  const ops = VALUE_OPS.map((op) => {
    const { readings, ignoresCase, label } = operators[op]
    const aside = readings.map((as) => (as === 'number' ? words.asNumber : words.asDate))
    return `| \`${op}\` | ${label[language]} | ${cells(exampleOf(op))} | ${[...aside, ...(ignoresCase ? ['ignoreCase'] : [])].join(', ')} |`
  })
  const fns = (Object.keys(aggregates) as Aggregate[]).map(
    (fn) => `| \`${fn}\` | ${aggregates[fn].label[language]} | ${cells(aggregates[fn].example)} |`,
  )
  const counts = (Object.keys(countOperators) as CountOp[]).map((op) => {
    const example: JsonObject = { event: 'Order Completed', count: { op, value: 3 } }
    return `| \`${op}\` | ${countOperators[op].label[language]} | ${cells(example)} |`
  })
  return `# ${words.title}

${words.lead}

## ${words.forms}

| ${words.example} | ${words.told} |
|---|---|
${leaves.map((example) => `| ${cells(example)} |`).join('\n')}

${words.joins}

## ${words.valueOps}

${words.valueOpsLead}

| op | ${words.inBuilder} | ${words.example} | ${words.told} | ${words.takes} |
|---|---|---|---|---|
${ops.join('\n')}

## ${words.countOps}

${words.countOpsLead}

| op | ${words.inBuilder} | ${words.example} | ${words.told} |
|---|---|---|---|
${counts.join('\n')}

## ${words.aggregates}

| fn | ${words.inBuilder} | ${words.example} | ${words.told} |
|---|---|---|---|
${fns.join('\n')}
`
}

/** An example with its clause, as cells of a table. */
function exampleCells(example: JsonObject, speaker: Speaker): string {
  return `\`${JSON.stringify(example)}\` | ${unmarked(describeClause(example, speaker))}`
}
