/** What the server's error codes mean, in words; a code that is absent is shown with the server's own message. */
export const errors = {
  unreachable: 'Le serveur ne répond pas. Vérifiez qu’il est démarré, puis réessayez.',
  not_signed_in: 'Votre session a pris fin. Connectez-vous de nouveau.',
  sign_in_again: 'Votre mot de passe est demandé de nouveau pour cette action.',
  not_allowed: 'Cette clé d’API n’a pas le droit que demande cette action.',
  not_found: 'Cela n’existe pas, ou plus.',
  already_exists: 'Ce nom est déjà pris. Choisissez-en un autre.',
  in_use: 'C’est encore utilisé. Retirez d’abord ce qui s’en sert.',
  not_available: 'Cela arrive dans une prochaine version.',
  too_many_attempts: 'Trop d’essais. Patientez un peu, puis réessayez.',
  too_many_requests: 'Trop de demandes en peu de temps. Patientez un peu, puis réessayez.',
  condition_too_large: 'Cette condition est trop grande. Utilisez moins de conditions et de critères.',
  condition_too_dear:
    'Cette condition en demande trop à la fois. Utilisez moins de conditions sur des événements, des périodes plus courtes, moins de comptes de valeurs distinctes.',
  query_too_slow:
    'C’était trop long et a été arrêté. Demandez moins : moins de conditions sur des événements, une période plus courte. Une audience peut tout de même être enregistrée.',
  url_not_allowed:
    'Rien ne peut être envoyé à cette adresse. Donnez une adresse publique complète, en http ou https.',
  nothing_leaves_a_sandbox: 'Cet espace est un bac à sable : rien n’en sort.',
  unexpected: 'Le serveur a répondu autrement que prévu. Réessayez ; si cela revient, voyez son journal.',
}
