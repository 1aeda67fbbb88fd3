import { ENGLISH_NAMES, FRENCH_NAMES, ITALIAN_NAMES, type NameList } from './names.ts'

/** A country that the shop sells to. */
export interface Country {
  /** ISO 3166 */
  readonly code: 'FR' | 'BE' | 'CH' | 'IT' | 'GB' | 'US'
  /** customers out of a hundred */
  readonly share: number
  /** ISO 4217 */
  readonly currency: 'EUR' | 'CHF' | 'GBP' | 'USD'
  /** of this currency for a hundred euros */
  readonly rate: number
  readonly locale: string
  /** IANA */
  readonly zone: string
  readonly names: NameList
  readonly mailboxes: readonly string[]
  readonly streets: readonly string[]
  /** house number before the street */
  readonly numberFirst: boolean
  readonly cities: readonly City[]
}

export interface City {
  readonly name: string
  readonly postalCode: string
  /** key of the store where people of that city go, if there is one near */
  readonly store: string | undefined
}

export interface Store {
  readonly key: string
  readonly name: string
  readonly city: string
}

export const STORES: readonly Store[] = [
  ...[
    'Paris:Rivoli',
    'Lyon:Part-Dieu',
    'Marseille:Terrasses',
    'Toulouse:Capitole',
    'Nice:Masséna',
    'Nantes:Crébillon',
  ],
  ...[
    'Montpellier:Comédie',
    'Strasbourg:Kléber',
    'Bordeaux:Sainte-Catherine',
    'Lille:Grand-Place',
    'Rennes:Sainte-Anne',
  ],
  ...['Dijon:Liberté', 'Bruxelles:Louise', 'Genève:Rive'],
].map((text) => {
  const [city, place] = text.split(':') as [string, string]
  return { key: plain(city), name: `${city} ${place}`, city }
})

const FRENCH_STREETS = [
  ...[
    'rue de la République',
    'rue Victor-Hugo',
    'avenue Jean-Jaurès',
    'rue Pasteur',
    'rue des Lilas',
    'place du Marché',
  ],
  ...[
    'rue du Moulin',
    'avenue de la Gare',
    'rue de l’Église',
    'boulevard Gambetta',
    'rue Voltaire',
    'allée des Tilleuls',
  ],
  ...[
    'rue des Écoles',
    'impasse du Château',
    'rue Molière',
    'quai de la Fontaine',
    'rue Saint-Michel',
    'chemin des Vignes',
  ],
]
const FRENCH_CITIES =
  cities(`Paris 75011 paris|Paris 75015 paris|Paris 75018 paris|Boulogne-Billancourt 92100 paris|Saint-Denis 93200 paris
  |Versailles 78000 paris|Montreuil 93100 paris|Lyon 69003 lyon|Villeurbanne 69100 lyon|Saint-Étienne 42000 lyon|Grenoble 38000 lyon
  |Marseille 13006 marseille|Aix-en-Provence 13100 marseille|Toulon 83000 marseille|Avignon 84000 marseille|Toulouse 31000 toulouse
  |Blagnac 31700 toulouse|Albi 81000 toulouse|Nice 06000 nice|Antibes 06600 nice|Nantes 44000 nantes|Saint-Nazaire 44600 nantes|Angers 49000 nantes
  |Montpellier 34000 montpellier|Nîmes 30000 montpellier|Strasbourg 67000 strasbourg|Colmar 68000 strasbourg|Bordeaux 33000 bordeaux
  |Mérignac 33700 bordeaux|Lille 59000 lille|Roubaix 59100 lille|Amiens 80000 lille|Rennes 35000 rennes|Saint-Malo 35400 rennes|Dijon 21000 dijon
  |Besançon 25000 dijon|Brest 29200 -|Limoges 87000 -|Tours 37000 -|Clermont-Ferrand 63000 -|Reims 51100 -|Ajaccio 20000 -|Le Havre 76600 -
  |Perpignan 66000 -|Metz 57000 -`)

export const COUNTRIES: readonly Country[] = [
  {
    ...{ code: 'FR', share: 78, currency: 'EUR', rate: 100, locale: 'fr-FR', zone: 'Europe/Paris' },
    ...{ names: FRENCH_NAMES, streets: FRENCH_STREETS, numberFirst: true, cities: FRENCH_CITIES },
    mailboxes: [
      ...[
        'gmail.com',
        'gmail.com',
        'gmail.com',
        'gmail.com',
        'orange.fr',
        'orange.fr',
        'hotmail.fr',
        'hotmail.com',
      ],
      ...['free.fr', 'wanadoo.fr', 'laposte.net', 'sfr.fr', 'yahoo.fr', 'outlook.fr', 'icloud.com'],
    ],
  },
  {
    ...{ code: 'BE', share: 7, currency: 'EUR', rate: 100, locale: 'fr-BE', zone: 'Europe/Brussels' },
    ...{ names: FRENCH_NAMES, streets: FRENCH_STREETS, numberFirst: false },
    mailboxes: ['gmail.com', 'gmail.com', 'skynet.be', 'telenet.be', 'hotmail.com', 'outlook.be'],
    cities: cities(
      'Bruxelles 1000 bruxelles|Ixelles 1050 bruxelles|Namur 5000 bruxelles|Liège 4000 -|Mons 7000 -',
    ),
  },
  {
    ...{ code: 'CH', share: 5, currency: 'CHF', rate: 97, locale: 'fr-CH', zone: 'Europe/Zurich' },
    ...{ names: FRENCH_NAMES, streets: FRENCH_STREETS, numberFirst: false },
    mailboxes: ['gmail.com', 'gmail.com', 'bluewin.ch', 'hotmail.com', 'icloud.com'],
    cities: cities(
      'Genève 1201 geneve|Carouge 1227 geneve|Lausanne 1003 geneve|Fribourg 1700 -|Neuchâtel 2000 -',
    ),
  },
  {
    ...{ code: 'IT', share: 4, currency: 'EUR', rate: 100, locale: 'it-IT', zone: 'Europe/Rome' },
    ...{
      names: ITALIAN_NAMES,
      numberFirst: false,
      streets: ['Via Roma', 'Via Garibaldi', 'Corso Italia', 'Via Dante', 'Viale Europa'],
    },
    mailboxes: ['gmail.com', 'gmail.com', 'libero.it', 'virgilio.it', 'hotmail.it'],
    cities: cities('Milano 20121 -|Torino 10121 -|Roma 00184 -|Genova 16121 -|Bologna 40121 -'),
  },
  {
    ...{ code: 'GB', share: 4, currency: 'GBP', rate: 86, locale: 'en-GB', zone: 'Europe/London' },
    ...{
      names: ENGLISH_NAMES,
      numberFirst: true,
      streets: ['High Street', 'Station Road', 'Church Lane', 'Victoria Road', 'Mill Lane'],
    },
    mailboxes: ['gmail.com', 'gmail.com', 'hotmail.co.uk', 'yahoo.co.uk', 'btinternet.com'],
    cities: cities(
      'London SW1A_1AA -|Manchester M1_1AE -|Bristol BS1_4ST -|Leeds LS1_4DY -|Edinburgh EH1_1YZ -',
    ),
  },
  {
    ...{ code: 'US', share: 2, currency: 'USD', rate: 109, locale: 'en-US', zone: 'America/New_York' },
    ...{
      names: ENGLISH_NAMES,
      numberFirst: true,
      streets: ['Main Street', 'Oak Avenue', 'Maple Drive', 'Park Avenue', '2nd Street'],
    },
    mailboxes: ['gmail.com', 'gmail.com', 'yahoo.com', 'outlook.com', 'icloud.com'],
    cities: cities(
      'New York 10011 -|Boston 02108 -|Philadelphia 19103 -|Washington 20001 -|Montclair 07042 -',
    ),
  },
]

/** Without accents, in small letters, with nothing but letters and digits. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

function cities(text: string): readonly City[] {
  return text.split('|').map((line) => {
    const parts = line.trim().split(' ')
    const [postalCode, store] = parts.slice(-2) as [string, string]
    return {
      name: parts.slice(0, -2).join(' '),
      postalCode: postalCode.replace('_', ' '),
      store: store === '-' ? undefined : store,
    }
  })
}
