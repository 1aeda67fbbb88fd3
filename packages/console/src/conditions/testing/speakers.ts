import { createInstance } from 'i18next'
import { formatsOf } from '../../app/formats.ts'
import { english } from '../../words/en/english.ts'
import { french } from '../../words/fr/french.ts'
import type { Speaker } from '../speaker.ts'

/** A speaker of each language with the console's own words, in a zone of its own. */
export async function makeSpeakers(
  audiences: Readonly<Record<string, string>>,
): Promise<Record<'fr' | 'en', Speaker>> {
  const [fr, en] = await Promise.all([makeSpeaker('fr', audiences), makeSpeaker('en', audiences)])
  return { fr, en }
}

async function makeSpeaker(
  language: 'fr' | 'en',
  audiences: Readonly<Record<string, string>>,
): Promise<Speaker> {
  const words = createInstance()
  await words.init({
    lng: language,
    resources: { fr: french, en: english },
    ns: ['audiences', 'destinations'],
    interpolation: { escapeValue: false },
  })
  return {
    t: words.getFixedT(language, 'audiences'),
    formats: formatsOf(language, 'Europe/Paris'),
    nameOf: (key) => audiences[key] ?? key,
  }
}
