import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOrderEvent } from './is-order-event.ts'

test('an event is about an order by one of its words, however the words are put together', () => {
  const orders = [
    ...[
      'Order Completed',
      'order_completed',
      'order-completed',
      'OrderCompleted',
      'orderCompleted',
      'ORDER_COMPLETED',
    ],
    ...[
      'ORDERCompleted',
      'Completed Order',
      'orders/create',
      'orders.paid',
      'purchase',
      'Product Purchased',
      'in_app_purchase',
    ],
    ...[
      'cart_updated',
      'checkout_started',
      'begin_checkout',
      'add_to_cart',
      'Payment Info Entered',
      'order',
      'Orders',
      'transaction',
    ],
    ...['Commande validée', 'panier_valide', 'Achat', 'PaiementAccepté', 'ecommerce:order:2'],
  ]
  expect(orders.filter((name) => !isOrderEvent(name))).toEqual([])
})

test('an event is not about an order because letters of the word stand in another, or because somebody else is written to', () => {
  const others = [
    ...[
      'Border Crossed',
      'Reorder Level Reached',
      'Cartoon Viewed',
      'Go-kart',
      'Signed Up',
      'Page Viewed',
      '',
      'Ordinary',
      'recorder',
    ],
    ...[
      'Cart Shared',
      'order_invite_sent',
      'Purchase Referred',
      'Gift Order Sent',
      'Sort Order Changed',
      'Commande partagée',
    ],
  ]
  expect(others.filter(isOrderEvent)).toEqual([])
})

test('the way in which words are joined makes no difference', () => {
  const word = fc.constantFrom(
    'order',
    'completed',
    'signed',
    'up',
    'cart',
    'viewed',
    'new',
    'shared',
    'purchase',
  )
  const join = fc.constantFrom(
    (words: string[]) => words.join(' '),
    (words: string[]) => words.join('_'),
    (words: string[]) => words.join('-').toUpperCase(),
    (words: string[]) => words.map((each) => each[0]?.toUpperCase() + each.slice(1)).join(''),
    (words: string[]) =>
      words.map((each, at) => (at === 0 ? each : each[0]?.toUpperCase() + each.slice(1))).join(''),
    (words: string[]) => words.join('/'),
  )
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), join, join, (words, one, other) => {
      expect(isOrderEvent(one(words))).toBe(isOrderEvent(other(words)))
    }),
  )
})
