import type { settings as french } from '../fr/settings.ts'
import type { Translation } from '../translation.ts'

export const settings: Translation<typeof french> = {
  title: 'Settings',
  member: {
    title: 'You',
    name: 'Name',
    email: 'Email',
    emailHint: 'You sign in with it.',
    language: 'Language',
    languageHint: 'Kept with your account: the console speaks it wherever you sign in.',
    scheme: 'Appearance',
    schemeHint: 'Kept in this browser.',
    nameMissing: 'Give a name.',
  },
  home: {
    title: 'The workspace “{{name}}”',
    lead: 'Where it is at home: this holds for all its members.',
    name: 'Name of the workspace',
    country: 'Country',
    countryHint:
      'Completes telephone numbers without a country code: 06 12 34 56 78 becomes +33 6 12 34 56 78. Numbers that are kept already follow.',
    zone: 'Time zone',
    zoneHint: 'Days, weeks and months of conditions follow this calendar.',
    currency: 'Currency',
    none: 'None chosen',
    save: 'Save',
    saved: 'Saved.',
  },
  workspaces: {
    title: 'Workspaces',
    lead: 'Each workspace keeps its sources, profiles and audiences apart from all others.',
    add: 'New workspace',
    columns: { name: 'Workspace', slug: 'Address', kind: 'Type', created: 'Created', act: 'Remove' },
    remove: 'Remove {{name}}',
    here: 'you are here',
  },
  remove: {
    title: 'Remove “{{name}}”',
    lead: 'The workspace goes with all that it holds: events, profiles, audiences, sources, destinations, deliveries.',
    events_one: 'It holds {{shown}} event.',
    events_other: 'It holds {{shown}} events.',
    final: 'This cannot be undone.',
    confirm: 'Remove the workspace',
    started: 'The workspace is being removed.',
  },
  keys: {
    title: 'API keys',
    lead: 'An API key is shown once, when the workspace is made. To make another one, on the server:',
  },
}
