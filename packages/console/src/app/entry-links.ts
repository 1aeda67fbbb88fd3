/** Where an invitation is accepted. */
export const INVITATION_PATH = '/invitation'

/** Where a forgotten password is replaced. */
export const PASSWORD_RESET_PATH = '/password-reset'

/**
 * The address that is handed to whoever is invited. What stands behind # no browser sends, so that no log has it.
 */
export function invitationLink(invitation: string): string {
  return `${window.location.origin}${INVITATION_PATH}#${invitation}`
}

/** The address that is handed to whoever has forgotten the password. */
export function passwordResetLink(reset: string): string {
  return `${window.location.origin}${PASSWORD_RESET_PATH}#${reset}`
}
