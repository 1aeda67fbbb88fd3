export const roles = {
  names: {
    owner: 'Propriétaire',
    admin: 'Administration',
    marketer: 'Marketing',
    analyst: 'Analyse',
    developer: 'Développement',
    privacy_officer: 'Vie privée',
    support: 'Service client',
    viewer: 'Lecture seule',
  },
  hints: {
    owner: 'Tout, y compris retirer l’espace et nommer d’autres propriétaires.',
    admin: 'Tout, sauf retirer l’espace et agir sur les propriétaires.',
    marketer: 'Les audiences, leurs membres et leurs aperçus.',
    analyst: 'Les événements, les profils et les audiences, personnes masquées.',
    developer: 'Les sources, les destinations et les connexions.',
    privacy_officer: 'Les personnes, leurs fusions, les événements refusés et le contenu des transmissions.',
    support: 'Trouver une personne et lire sa fiche.',
    viewer: 'Lire les audiences et leurs effectifs, les destinations et le flux.',
  },
  viewAs: 'Voir comme un autre rôle',
  viewingAs:
    'Vous voyez vos espaces comme le rôle « {{role}} ». Ce que ce rôle ne permet pas vous est fermé aussi.',
  viewEnd: 'Reprendre mon rôle',
  needed: 'Il faut l’un de ces rôles : {{roles}}.',
  neededTitle: 'Votre rôle n’ouvre pas cette page',
  neededLead:
    'Dans cet espace, votre rôle est « {{role}} ». Il faut l’un de ces rôles : {{roles}}. Un propriétaire de l’espace peut le donner.',
}
