import { plain } from './places.ts'

/** One thing on the shelves. */
export interface Product {
  readonly id: string
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly brand: string
  /** colour or finish */
  readonly variant: string
  /** in euro cents */
  readonly cents: number
  /** last part of its address */
  readonly slug: string
}

const COLOURS = ['Écru', 'Bleu nuit', 'Terracotta', 'Vert sauge', 'Noir']
const FINISHES = ['Chêne clair', 'Laiton', 'Grès blanc', 'Lin naturel', 'Vert sauge']
const BRANDS = [
  'Maison Confluent',
  'Maison Confluent',
  'Maison Confluent',
  'Atelier Rive',
  'Galet',
  'Petit Gué',
]

// name and price in euros; each exists in five colours or finishes
const SHELVES: Readonly<Record<string, string>> = {
  Femme: `Robe midi en viscose 79|Chemisier en soie lavée 89|Jean droit taille haute 69|Pull col rond en mérinos 75|Manteau droit en laine 189|Jupe plissée 59
    |Blazer croisé 129|T-shirt en coton biologique 25`,
  Homme: `Chemise oxford 55|Chino en coton 65|Pull marin en laine 79|Surchemise en velours 95|Polo piqué 45|Caban en drap de laine 179|T-shirt épais 29`,
  Enfant:
    'Marinière enfant 25|Salopette en jean 39|Gilet en tricot 35|Pyjama imprimé 29|Parka doublée 69|Robe à smocks 42',
  Chaussures:
    'Baskets en cuir 99|Bottines à boucle 139|Derbies 129|Sandales tressées 79|Mocassins souples 109|Espadrilles 35',
  Accessoires: `Sac cabas en cuir 149|Écharpe en cachemire 89|Ceinture tressée 39|Bonnet côtelé 25|Portefeuille compact 55|Foulard imprimé 35|Gants doublés 45`,
  Linge: `Parure de lit en percale 119|Drap-housse en lin 79|Serviette de bain épaisse 24|Plaid en mohair 99|Taie en gaze de coton 19|Peignoir nid d’abeille 69`,
  Table: `Assiette plate 14|Bol à thé 12|Carafe soufflée 35|Service de couverts 89|Nappe en lin 65|Lot de verres 29|Saladier 39`,
  Décoration: `Vase haut 49|Bougie parfumée 32|Miroir rond 85|Lampe à poser 119|Cadre photo 22|Panier tressé 35|Tapis berbère 249|Suspension en papier 59`,
  Mobilier: 'Tabouret bas 79|Table d’appoint 139|Chaise cannée 159|Étagère murale 99|Banc d’entrée 189',
}

const HOME = new Set(['Linge', 'Table', 'Décoration', 'Mobilier'])

/** The whole range: three hundred articles, always the same. */
export const PRODUCTS: readonly Product[] = Object.entries(SHELVES)
  .flatMap(([category, shelf]) =>
    shelf.split('|').flatMap((text) => {
      const [, name, euros] = /^(.+) (\d+)$/.exec(text.trim()) as unknown as [string, string, string]
      const variants = HOME.has(category) ? FINISHES : COLOURS
      return variants.map((variant) => ({ category, name, variant, euros: Number(euros) }))
    }),
  )
  .map(makeProduct)

/** Names of the shelves. */
export const CATEGORIES: readonly string[] = Object.keys(SHELVES)

const BY_CATEGORY: ReadonlyMap<string, readonly Product[]> = new Map(
  CATEGORIES.map((category) => [category, PRODUCTS.filter((product) => product.category === category)]),
)

/** The articles of one shelf, the most wanted first. */
export function shelfOf(category: string): readonly Product[] {
  return BY_CATEGORY.get(category) ?? PRODUCTS
}

interface Shelved {
  readonly category: string
  readonly name: string
  readonly variant: string
  readonly euros: number
}

function makeProduct({ category, name, variant, euros }: Shelved, index: number): Product {
  const words = `${name} ${variant}`.split(/[\s’'-]+/).map(plain)
  // 7919 is prime: no two articles get the same number
  const id = `P${10_000 + ((index * 7_919) % 90_000)}`
  return {
    ...{ id, category, name, variant },
    sku: `${id}-${plain(variant).slice(0, 3).toUpperCase()}`,
    slug: words.filter((word) => word !== '').join('-'),
    brand: BRANDS[name.length % BRANDS.length] as string,
    cents: euros * 100 - (euros < 60 ? 10 : 0),
  }
}
