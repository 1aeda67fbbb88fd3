import { errors } from './errors.ts'
import { pieces } from './pieces.ts'
import { roles } from './roles.ts'
import { shell } from './shell.ts'
import { signIn } from './sign-in.ts'

/** The words in French that rooms share; those of a room stand in its folder. */
export const french = { errors, pieces, roles, shell, signIn }
