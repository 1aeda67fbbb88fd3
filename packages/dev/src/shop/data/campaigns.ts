/** Where a visit comes from. */
export interface Arrival {
  /** visits out of a hundred */
  readonly share: number
  readonly referrer: string
  /** as in utm_source and its sisters; absent when nobody paid for it */
  readonly campaign:
    | { readonly name: string; readonly source: string; readonly medium: string; readonly content?: string }
    | undefined
}

/** The shop's site. */
export const SITE = 'https://www.maison-confluent.example'
export const SHOP_NAME = 'Maison Confluent'

const GOOGLE = 'https://www.google.com/'

export const ARRIVALS: readonly Arrival[] = [
  { share: 34, referrer: '', campaign: undefined },
  { share: 22, referrer: GOOGLE, campaign: undefined },
  { share: 3, referrer: 'https://www.bing.com/', campaign: undefined },
  { share: 13, referrer: GOOGLE, campaign: { name: 'marque-fr', source: 'google', medium: 'cpc' } },
  { share: 8, referrer: GOOGLE, campaign: { name: 'shopping-maison', source: 'google', medium: 'cpc' } },
  {
    share: 8,
    referrer: 'https://www.facebook.com/',
    campaign: { name: 'collection-saison', source: 'facebook', medium: 'paid_social', content: 'carrousel' },
  },
  {
    share: 6,
    referrer: 'https://www.instagram.com/',
    campaign: { name: 'collection-saison', source: 'instagram', medium: 'paid_social', content: 'story' },
  },
  {
    share: 3,
    referrer: 'https://www.pinterest.fr/',
    campaign: { name: 'idees-deco', source: 'pinterest', medium: 'social' },
  },
  {
    share: 3,
    referrer: 'https://blog.atelier-des-idees.example/',
    campaign: { name: 'blog-deco', source: 'affiliation', medium: 'affiliate' },
  },
]

/** What paid clicks say while the sale lasts. */
export const SALE_CAMPAIGN = 'ventes-privees'
export const SALE_COUPON = 'PRIVE15'
export const WELCOME_COUPON = 'BIENVENUE10'

/** Subjects of the newsletter, in turn. */
export const NEWSLETTERS: readonly string[] = [
  ...[
    'Les essentiels de la saison',
    'La maison s’habille de lin',
    'Nos petits prix qui font du bien',
    'Table d’hôtes : mode d’emploi',
  ],
  ...[
    'Les matières que l’on garde',
    'Idées cadeaux à moins de 50 €',
    'Dans les coulisses de l’atelier',
    'La couleur du moment',
  ],
]

export const SEARCHES: readonly string[] = [
  ...[
    'pull laine',
    'robe',
    'plaid',
    'vase',
    'bougie',
    'jean',
    'manteau',
    'chaise cannée',
    'linge de lit lin',
    'baskets blanches',
  ],
  ...[
    'sac cuir',
    'lampe',
    'cadeau naissance',
    'tapis berbere',
    'echarpe',
    'assiettes grès',
    'pyjama',
    'miroir rond',
  ],
]
