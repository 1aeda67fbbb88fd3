export const signIn = {
  title: 'Connexion',
  lead: 'La plateforme de données client. De nombreuses sources, une seule fiche client, tous les canaux.',
  email: 'E-mail',
  password: 'Mot de passe',
  submit: 'Se connecter',
  emailMissing: 'Donnez votre e-mail.',
  passwordMissing: 'Donnez votre mot de passe.',
  wrong: 'L’e-mail ou le mot de passe ne convient pas. Vérifiez-les, puis réessayez.',
  tooMany: 'Trop d’essais. Réessayez dans {{wait}}.',
  unreachable: 'Le serveur ne répond pas. Vérifiez qu’il est démarré, puis réessayez.',
  ended: 'Votre session a pris fin. Connectez-vous pour reprendre où vous en étiez.',
  firstTime: 'Au premier démarrage, l’e-mail et le mot de passe sont écrits dans le terminal du serveur.',
}
