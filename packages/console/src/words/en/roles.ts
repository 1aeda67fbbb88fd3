import type { roles as french } from '../fr/roles.ts'
import type { Translation } from '../translation.ts'

export const roles: Translation<typeof french> = {
  names: {
    owner: 'Owner',
    admin: 'Administrator',
    marketer: 'Marketer',
    analyst: 'Analyst',
    developer: 'Developer',
    privacy_officer: 'Privacy officer',
    support: 'Support',
    viewer: 'Viewer',
  },
  hints: {
    owner: 'Everything, also removing the workspace and making other owners.',
    admin: 'Everything but removing the workspace and acting on owners.',
    marketer: 'Audiences, their members and previews.',
    analyst: 'Events, profiles and audiences, with people masked.',
    developer: 'Sources, destinations and connections.',
    privacy_officer: 'People, their merges, refused events and the content of deliveries.',
    support: 'Find somebody and read their profile.',
    viewer: 'Read audiences and their sizes, destinations and the flow.',
  },
  viewAs: 'View as another role',
  viewingAs: 'You view your workspaces as the role “{{role}}”. What it does not permit is closed to you too.',
  viewEnd: 'Back to my role',
  needed: 'This needs one of the roles: {{roles}}.',
  neededTitle: 'Your role does not open this page',
  neededLead:
    'Your role in this workspace is “{{role}}”. This needs one of the roles: {{roles}}. An owner of the workspace can give it.',
}
