import { ROLE_NAMES, type Role } from '@affluent/protocol/role'
import { fill, type Language, type Texts } from '../sentence/texts.ts'

/**
 * A mail of the system to one person: as plain text and as HTML that says the same. Nothing in it is loaded from
 * anywhere.
 */
export interface MailText {
  readonly subject: string
  readonly text: string
  readonly html: string
}

interface Parts {
  readonly subject: Texts
  readonly paragraphs: readonly Texts[]
  /** of the button */
  readonly action?: Texts
  readonly after?: readonly Texts[]
}

const INVITATION: Parts = {
  subject: {
    en: '{inviter} invites you to "{workspace}"',
    fr: '{inviter} vous invite dans «\u202f{workspace}\u202f»',
  },
  paragraphs: [
    {
      en: '{inviter} invites you to the workspace "{workspace}" of Affluent, with the role "{role}".',
      fr: '{inviter} vous invite dans l’espace «\u202f{workspace}\u202f» d’Affluent, avec le rôle «\u202f{role}\u202f».',
    },
  ],
  action: { en: 'Accept the invitation', fr: 'Accepter l’invitation' },
  after: [
    {
      en: 'The link is good for {days} days, once, and for your address only. If you expect no invitation, ignore this mail.',
      fr: 'Le lien est valable {days} jours, une seule fois et pour votre adresse seulement. Si vous n’attendez pas d’invitation, ignorez ce message.',
    },
  ],
}

const RESET: Parts = {
  subject: {
    en: 'Choose a new password for Affluent',
    fr: 'Choisissez un nouveau mot de passe pour Affluent',
  },
  paragraphs: [
    {
      en: 'Somebody, probably you, asked for a new password for the account {email} of Affluent.',
      fr: 'Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour le compte {email} d’Affluent.',
    },
  ],
  action: { en: 'Choose a new password', fr: 'Choisir un nouveau mot de passe' },
  after: [
    {
      en: 'The link is good for {minutes} minutes, once. Whoever is signed in to the account is then signed out. If it was not you, ignore this mail: nothing changes.',
      fr: 'Le lien est valable {minutes} minutes, une seule fois. Toutes les sessions du compte prendront alors fin. Si ce n’était pas vous, ignorez ce message\u202f: rien ne change.',
    },
  ],
}

const TEST: Parts = {
  subject: { en: 'Affluent can send mail', fr: 'Affluent peut envoyer des messages' },
  paragraphs: [
    {
      en: 'This is the test that {name} asked for: mail of Affluent arrives here.',
      fr: 'Voici l’essai demandé par {name}\u202f: les messages d’Affluent arrivent ici.',
    },
  ],
}

const FRENCH_ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: 'propriétaire',
  admin: 'administration',
  marketer: 'marketing',
  analyst: 'analyse',
  developer: 'développement',
  privacy_officer: 'vie privée',
  support: 'service client',
  viewer: 'lecture seule',
}

/** The mail that brings an invitation. */
export function invitationMail(
  language: Language,
  what: {
    readonly inviter: string
    readonly workspace: string
    readonly role: Role
    readonly link: string
    readonly days: number
  },
): MailText {
  const role = (language === 'fr' ? FRENCH_ROLE_NAMES : ROLE_NAMES)[what.role]
  const { inviter, workspace, link, days } = what
  return write(language, INVITATION, { inviter, workspace, role, days: String(days) }, link)
}

/** The mail that brings the link to a new password. */
export function resetMail(
  language: Language,
  { email, link, minutes }: { readonly email: string; readonly link: string; readonly minutes: number },
): MailText {
  return write(language, RESET, { email, minutes: String(minutes) }, link)
}

/** The mail that shows that mail arrives. */
export function testMail(language: Language, name: string): MailText {
  return write(language, TEST, { name }, undefined)
}

/** ISO 3166: countries in which whoever has said nothing else is written to in French. */
const FRENCH_SPEAKING = new Set([
  'FR',
  'BE',
  'LU',
  'MC',
  'CI',
  'SN',
  'GP',
  'MQ',
  'GF',
  'RE',
  'YT',
  'NC',
  'PF',
])

/**
 * In which language somebody is written to: the own, else that of the workspace's country, else that of whoever writes.
 * @param country ISO 3166; null: none
 */
export function mailLanguage(
  own: Language | null,
  country: string | null,
  writer: Language | null = null,
): Language {
  if (own !== null) return own
  if (country !== null && FRENCH_SPEAKING.has(country)) return 'fr'
  return writer ?? 'en'
}

function write(
  language: Language,
  { subject, paragraphs, action, after = [] }: Parts,
  values: Readonly<Record<string, string>>,
  link: string | undefined,
): MailText {
  const say = (texts: Texts) => fill(texts[language], values)
  const [before, then] = [paragraphs.map(say), after.map(say)]
  const linked = link === undefined || action === undefined ? undefined : { link, words: say(action) }
  const plain = [
    ...before,
    ...(linked === undefined ? [] : [`${linked.words}${COLON[language]}\n${linked.link}`]),
    ...then,
  ]
  const rich = [
    ...before.map(paragraph),
    ...(linked === undefined
      ? []
      : [`<p><a href="${escaped(linked.link)}">${escaped(linked.words)}</a></p>`, paragraph(linked.link)]),
    ...then.map(paragraph),
  ]
  return {
    // a line break would begin another header
    subject: say(subject).replaceAll(/[^\S\u202f]+/g, ' '),
    text: `${plain.join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="${language}">\n<body style="font-family: sans-serif; line-height: 1.5">\n${rich.join('\n')}\n</body>\n</html>\n`,
  }
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`
}

const COLON = { en: ':', fr: '\u202f:' } as const

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] as string)
}
