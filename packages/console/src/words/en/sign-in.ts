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
}
