import type { SeededRandom } from '../../faults/seeded-random.ts'

const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 'q',
  e: 'r',
  i: 'o',
  o: 'p',
  n: 'b',
  m: 'n',
  s: 'd',
  t: 'r',
  r: 't',
  l: 'k',
  u: 'y',
  d: 's',
}
const WRONG_DOMAINS: readonly (readonly [right: string, wrong: string])[] = [
  ['gmail.com', 'gmial.com'],
  ['gmail.com', 'gmail.fr'],
  ['hotmail.fr', 'hotmial.fr'],
  ['hotmail.com', 'hotmail.con'],
  ['orange.fr', 'ornage.fr'],
  ['wanadoo.fr', 'wanado.fr'],
  ['laposte.net', 'la-poste.net'],
  ['yahoo.fr', 'yaho.fr'],
]
const SHORT_NAMES: Readonly<Record<string, string>> = {
  ...{
    Catherine: 'Cathy',
    Stéphanie: 'Steph',
    Alexandre: 'Alex',
    Frédéric: 'Fred',
    Philippe: 'Phil',
    Nicolas: 'Nico',
  },
  ...{
    Mohamed: 'Mohammed',
    Sarah: 'Sara',
    Élise: 'Elise',
    Émilie: 'Emily',
    Mathieu: 'Matthieu',
    Clément: 'Clement',
  },
  ...{
    'Jean-Luc': 'JL',
    'Marie-Claire': 'Marie',
    'Anne-Sophie': 'Anne Sophie',
    Christopher: 'Chris',
    Michael: 'Mike',
  },
}

/** A text with one slip of the finger: two letters swapped, one missing, one twice, or the key beside it. */
function misspell(text: string, random: SeededRandom): string {
  if (text.length < 4) return text
  const at = random.between(1, text.length - 2)
  const letter = text[at] as string
  const before = text.slice(0, at)
  const after = text.slice(at + 1)
  switch (random.between(0, 3)) {
    case 0:
      return `${before}${after[0]}${letter}${after.slice(1)}`
    case 1:
      return `${before}${after}`
    case 2:
      return `${before}${letter}${letter}${after}`
    default:
      return `${before}${NEIGHBOURS[letter] ?? letter}${after}`
  }
}

/** A name as another clerk writes it: without accents, in capitals, in its short form, or with a slip. */
export function otherSpelling(name: string, random: SeededRandom): string {
  switch (random.between(0, 4)) {
    case 0:
      return name.toUpperCase()
    case 1:
      return SHORT_NAMES[name] ?? withoutAccents(name)
    case 2:
      return withoutAccents(name).replace('-', ' ')
    case 3:
      return misspell(name, random)
    default:
      return name
  }
}

/**
 * An address for mail as its owner types it: mostly right, at times with capitals, or with the dots that Gmail does not
 * see.
 */
export function typedEmail(email: string, random: SeededRandom): string {
  const roll = random.next()
  if (roll < 0.06) return email.slice(0, 1).toUpperCase() + email.slice(1)
  if (roll < 0.08) return email.toUpperCase()
  if (roll < 0.11) return ` ${email}`
  if (roll < 0.16) return withOtherDots(email)
  if (roll < 0.17) return wrongEmail(email, random)
  return email
}

/** An address for mail as a clerk hears it over the counter: one in eight is wrong. */
export function heardEmail(email: string, random: SeededRandom): string {
  return random.chance(0.12) ? wrongEmail(email, random) : typedEmail(email, random)
}

/**
 * A telephone number as people write it at home.
 * @param phone E.164
 */
export function typedPhone(phone: string, random: SeededRandom): string {
  const national = phone.startsWith('+33') ? `0${phone.slice(3)}` : phone
  switch (random.between(0, 5)) {
    case 0:
      return national.replace(/(\d\d)(?=\d)/g, '$1 ')
    case 1:
      return national.replace(/(\d\d)(?=\d)/g, '$1.')
    case 2:
      return phone.replace('+', '00')
    case 3:
      return national
    default:
      return phone
  }
}

function wrongEmail(email: string, random: SeededRandom): string {
  const [local, domain] = email.split('@') as [string, string]
  const wrong = WRONG_DOMAINS.filter(([right]) => right === domain)
  if (wrong.length > 0 && random.chance(0.5)) return `${local}@${random.pick(wrong)[1]}`
  return `${misspell(local, random)}@${domain}`
}

function withOtherDots(email: string): string {
  const [local, domain] = email.split('@') as [string, string]
  if (domain !== 'gmail.com') return email
  const bare = local.replaceAll('.', '')
  return bare === local ? `${local.slice(0, 2)}.${local.slice(2)}@${domain}` : `${bare}@${domain}`
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}
