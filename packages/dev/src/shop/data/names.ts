/** Names that are common where a customer lives. */
export interface NameList {
  readonly women: readonly string[]
  readonly men: readonly string[]
  readonly families: readonly string[]
}

export const FRENCH_NAMES: NameList = {
  women:
    words(`Marie Nathalie Isabelle Sylvie Catherine Françoise Valérie Christine Sandrine Véronique Céline Stéphanie Aurélie Julie Émilie Laura
    Camille Manon Léa Chloé Sarah Inès Emma Louise Alice Zoé Clara Élise Margaux Pauline Anaïs Charlotte Hélène Agnès Laurence Marie-Claire Anne-Sophie
    Fatima Nadia Yasmine Aïcha Linh Noémie Solène Gaëlle Maëlys`),
  men: words(`Jean Pierre Michel Philippe Alain Nicolas Christophe Patrick Laurent Frédéric Sébastien Julien Stéphane David Thomas Alexandre Olivier
    Antoine Maxime Romain Guillaume Vincent Lucas Hugo Théo Nathan Louis Gabriel Raphaël Arthur Jules Adam Mathis Clément Benoît François Jérôme
    Jean-Luc Jean-Baptiste Mohamed Karim Mehdi Yanis Loïc Rémi Étienne`),
  families:
    words(`Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia David Bertrand Roux
    Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry
    Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire
    Duval Joly Gautier Roger Roche Roy Noël Meyer Lucas Meunier Jean Perez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt Leroux
    Colas Fernandez Benali Traoré Diallo Haddad Lefèvre Charpentier Aubert Lacroix Renard Picard Besson Carpentier Hamel Le-Gall Delaunay Jacquet
    Tessier Vasseur Poirier Guillot Royer Prévost Leclercq Collet Bouvier Maillard`),
}

export const ITALIAN_NAMES: NameList = {
  women: words('Giulia Chiara Francesca Sara Martina Alessia Elena Valentina Paola Lucia Federica Anna'),
  men: words('Marco Andrea Luca Matteo Lorenzo Davide Giovanni Paolo Stefano Simone Antonio Riccardo'),
  families: words(
    'Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De-Luca Costa Rizzo Fontana Moretti Barbieri Lombardi',
  ),
}

export const ENGLISH_NAMES: NameList = {
  women: words(
    'Olivia Amelia Emily Jessica Sophie Charlotte Grace Hannah Lucy Megan Rachel Victoria Ashley Madison',
  ),
  men: words(
    'Oliver Jack Harry George James William Daniel Samuel Benjamin Ethan Michael Christopher Ryan Tyler',
  ),
  families: words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood O'Brien Clarke Miller Anderson",
  ),
}

function words(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^(Le|De)-/, '$1 '))
}
