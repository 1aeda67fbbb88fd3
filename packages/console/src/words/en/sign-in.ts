import type { signIn as french } from '../fr/sign-in.ts'
import type { Translation } from '../translation.ts'

export const signIn: Translation<typeof french> = {
  title: 'Sign in',
  lead: 'The customer data platform. Many sources, one customer record, every channel.',
  email: 'Email',
  password: 'Password',
  submit: 'Sign in',
  emailMissing: 'Give your email.',
  passwordMissing: 'Give your password.',
  wrong: 'The email or the password is not right. Check them, then try again.',
  tooMany: 'Too many attempts. Try again in {{wait}}.',
  unreachable: 'The server does not answer. Check that it runs, then try again.',
  ended: 'Your session has ended. Sign in to go on where you were.',
  firstTime: 'At the first start, the email and the password are written in the server’s terminal.',
  forgotten: 'Forgotten password?',
  reset: {
    title: 'New password',
    askLead: 'Give your email: if there is an account, a link to a new password is sent to it.',
    lead: 'Choose a new password. Your other sessions end.',
    ask: 'Send the link',
    sent: 'If this address has an account, a link has just been sent to it. It is good for an hour, once.',
    password: 'New password',
    passwordHint: 'At least 8 characters; a phrase does well.',
    submit: 'Use this password',
    back: 'Back to sign-in',
  },
  invitation: {
    title: 'Invitation',
    lead: 'You are invited into a workspace of Affluent. Choose a password to enter it.',
    missing: 'This address is not complete: open the whole link of the invitation.',
    name: 'Your name',
    nameHint: 'The one that the other members will see.',
    passwordHint:
      'At least 8 characters; a sentence does very well. If you have an account already, give its password.',
    tooShort: 'At least 8 characters.',
    common: 'This one is among the first that are tried. Choose another.',
    hasAccount: 'This address has an account already: give its password.',
    submit: 'Accept the invitation',
  },
}
