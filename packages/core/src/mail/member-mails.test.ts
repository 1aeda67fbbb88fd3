import { expect, test } from 'vitest'
import { invitationMail, mailLanguage, resetMail, testMail } from './member-mails.ts'

const LINK = 'https://cdp.example.com/invitation#inv_a&b'
const INVITED = { inviter: 'Ada', workspace: 'Shop', role: 'privacy_officer' as const, link: LINK, days: 7 }

test('an invitation says who, where and as what, in both languages', () => {
  const english = invitationMail('en', INVITED)
  expect(english.subject).toBe('Ada invites you to "Shop"')
  expect(english.text).toContain('with the role "privacy officer"')
  expect(english.text).toContain(`Accept the invitation:\n${LINK}\n`)
  expect(english.html).toContain('href="https://cdp.example.com/invitation#inv_a&amp;b"')
  const french = invitationMail('fr', INVITED)
  expect(french.text).toContain(
    'dans l’espace «\u202fShop\u202f» d’Affluent, avec le rôle «\u202fvie privée\u202f»',
  )
  expect(french.text).toContain(`Accepter l’invitation\u202f:\n${LINK}\n`)
  expect(french.html).toContain('<html lang="fr">')
})

test('what members write is text in a mail: no tag, no header, no value of its own', () => {
  const mail = invitationMail('en', {
    ...INVITED,
    inviter: '<b>A</b>\r\nBcc: x@example.com',
    workspace: '{link}',
  })
  expect(mail.html).not.toContain('<b>')
  expect(mail.html).toContain('&lt;b&gt;A&lt;/b&gt;')
  expect(mail.subject).not.toMatch(/[\r\n]/)
  expect(mail.subject).toContain('"{link}"')
})

test('nothing in a mail is loaded from anywhere', () => {
  for (const language of ['en', 'fr'] as const)
    for (const { html } of [
      invitationMail(language, INVITED),
      resetMail(language, { email: 'ada@example.com', link: LINK, minutes: 60 }),
      testMail(language, 'Ada'),
    ])
      expect(html).not.toMatch(/<img|src=|url\(|<script|<link/i)
})

test('the own language goes before that of the country, and that before that of whoever writes', () => {
  expect(mailLanguage('en', 'FR', 'fr')).toBe('en')
  expect(mailLanguage(null, 'FR', 'en')).toBe('fr')
  expect(mailLanguage(null, 'DE', 'fr')).toBe('fr')
  expect(mailLanguage(null, null)).toBe('en')
})
