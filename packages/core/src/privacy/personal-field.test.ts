import { EVENT_DEPTH_MAX } from '@affluent/protocol/limits'
import { describe, expect, test } from 'vitest'
import { isPersonalNamespace, isPersonalPath, isPersonalText } from './personal-field.ts'

describe('by its name a field is personal, wherever it is nested', () => {
  test.each([
    ...['email', 'e-mail', 'eMail', 'Email Address', 'customer_email', 'emails', 'contact.courriel', 'mail'],
    ...['phone', 'phoneNumber', 'homephone', 'tel', 'Téléphone', 'mobile', 'mobile_number', 'phone2'],
    ...[
      'name',
      'traits.name',
      'first_name',
      'firstName',
      'FIRSTNAME',
      'lastname',
      'fullName',
      'Prénom',
      'nom',
    ],
    ...['customer_name', 'billingName', 'user.name', 'username', 'device.name', 'nom_complet'],
    ...['ip', 'context.ip', 'ipAddress', 'client_ip', 'ip_address', 'IPv4'],
    ...[
      'address',
      'address.street',
      'adresse',
      'billing_address',
      'shippingAddress.line1',
      'address.postalCode',
    ],
    ...['zip', 'zipCode', 'postcode', 'code_postal', 'rue', 'addresses[].street'],
    ...['latitude', 'context.location.longitude', 'location', 'geo.lat', 'coordinates', 'location.lng'],
  ])('%s', (path) => expect(isPersonalPath(path)).toBe(true))
})

describe('and these are not', () => {
  test.each([
    ...['plan', 'revenue', 'city', 'country', 'address.city', 'address.country', 'context.location.city'],
    ...['address_city', 'shippingAddressCountry', 'location.region', 'birthday', 'tags[]', 'products[].sku'],
    ...[
      'products[].name',
      'context.app.name',
      'context.campaign.name',
      'campaign_name',
      'product_name',
      'company.name',
    ],
    ...['hotel', 'microphone', 'filename', 'shipping', 'description', 'ipad_count', 'screen.height', 'event'],
    ...['context.os.name', 'companies[].name', 'user_id', 'crm_a', 'pagename'],
  ])('%s', (path) => expect(isPersonalPath(path)).toBe(false))
})

test('identifiers of e-mail addresses and telephones are personal, those of systems and devices are not', () => {
  for (const namespace of ['email', 'phone', 'work_email']) expect(isPersonalNamespace(namespace)).toBe(true)
  for (const namespace of ['user_id', 'anonymous_id', 'ios.idfa', 'crm_a', 'ga_client_id'])
    expect(isPersonalNamespace(namespace)).toBe(false)
})

test.each([
  ['ada@example.com', true],
  ['Write to Ada <ada.l@example.co.uk>.', true],
  ['https://shop.example/?m=ada%40example.com', true],
  ['https://shop.example/?name=Ada', true],
  ['#firstName=Ada', true],
  ['+33 6 12 34 56 78', true],
  ['call +33612345678 now', true],
  ['06 12 34 56 78', true],
  ['(555) 123-4567', true],
  ['192.168.1.20', true],
  ['2001:db8::1', true],
  ['{"customer":{"firstName":"Ada"}}', true],
  ['Order Completed', false],
  ['@ada', false],
  ['2026-11-30T08:00:00.000+01:00', false],
  ['prf_b3zq5k2v7n4xa', false],
  ['08:00:00', false],
  ['{"plan":"pro"}', false],
  ['https://shop.example/?utm_source=mail&page=2', false],
  ['1207', false],
  ['', false],
  ['[1] and {2}', false],
])('by its form %j is personal: %s', (text, isPersonal) => {
  expect(isPersonalText(text)).toBe(isPersonal)
})

test.each([EVENT_DEPTH_MAX + 1, 20_000, 49_000])(
  'a text that is nested %d levels deep is not looked into, and so not shown',
  (levels) => {
    expect(isPersonalText(`${'['.repeat(levels)}${']'.repeat(levels)}`)).toBe(true)
    expect(isPersonalText(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)).toBe(true)
  },
)
