/** Words of which one makes an event an order's: of shops, of carts, of payments, in English and French. */
const ORDER_WORDS = new Set([
  ...['order', 'orders', 'ordered', 'checkout', 'checkouts', 'cart', 'carts', 'basket', 'baskets'],
  ...['payment', 'payments', 'purchase', 'purchases', 'purchased', 'transaction', 'transactions'],
  ...['commande', 'commandes', 'panier', 'paniers', 'achat', 'achats', 'paiement', 'paiements'],
])
/** Words that say that the e-mail is somebody else's, or that no order is meant. */
const OTHER_WORDS = new Set([
  ...['share', 'shared', 'invite', 'invited', 'invitation', 'refer', 'referred', 'referral', 'forwarded'],
  ...['recipient', 'gift', 'gifted', 'sort', 'sorted', 'partage', 'partagee', 'offert', 'cadeau'],
])

/**
 * Whether an event is about an order, so that its `properties.email` is the buyer's: one of its words says so, however
 * the words are put together. `Order Completed`, `order_completed`, `ORDER_COMPLETED`, `orderCompleted`, `Completed
 * Order`, `orders/create`, `purchase`, `Product Purchased`.
 * @param name of a track event
 */
export function isOrderEvent(name: string): boolean {
  let isOrder = false
  for (const word of wordsOf(name)) {
    if (OTHER_WORDS.has(word)) return false
    isOrder ||= ORDER_WORDS.has(word)
  }
  return isOrder
}

/** A word ends at whatever is no letter, and before a capital that follows a small letter. */
function wordsOf(name: string): string[] {
  const folded = name.normalize('NFD').replaceAll(/\p{M}/gu, '')
  const parted = folded
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
  return parted.toLowerCase().split(/\P{L}+/u)
}
