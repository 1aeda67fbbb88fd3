import { audiences } from './audiences.ts'
import { destinations } from './destinations.ts'
import { errors } from './errors.ts'
import { home } from './home.ts'
import { live } from './live.ts'
import { pieces } from './pieces.ts'
import { profile } from './profile.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { signIn } from './sign-in.ts'
import { sources } from './sources.ts'

/** Every word of the console in English, by room. */
export const english = {
  audiences,
  destinations,
  errors,
  home,
  live,
  pieces,
  profile,
  settings,
  shell,
  signIn,
  sources,
}
