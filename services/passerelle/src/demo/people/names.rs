//! Names of people: common ones, put together by number.

/// As many as a prime number, so that a stride visits them all; so are the others.
const GIVEN: &str = "Adèle, Amine, Anouk, Arthur, Aya, Baptiste, Camille, Chloé, Clément, Diane, Elias, Élise, Emma, Enzo, Fanny, \
    Gabriel, Hugo, Inès, Iris, Jade, Jules, Kenza, Lamia, Léa, Léo, Lina, Louis, Lucie, Maël, Malik, Manon, Margot, Mathis, Mila, \
    Nadir, Nina, Noé, Olga, Paul, Rose, Sacha, Salomé, Samir, Sofia, Théo, Yanis, Zoé";
const FAMILY: &str = "Abadie, Arnaud, Barbier, Baudry, Bellanger, Benali, Bernat, Besson, Blanchet, Bonnefoy, Bordes, Boyer, Brun, \
    Capdeville, Carrère, Castaing, Chauvin, Clavel, Colas, Cordier, Dabadie, Darrieus, Delmas, Diallo, Diaz, Dubosc, Duprat, \
    Etchegoyen, Fabre, Faure, Ferrand, Fournier, Garat, Gaubert, Gomez, Guérin, Hamdi, Haddad, Joubert, Labat, Lacoste, Laffitte, \
    Lagarde, Lamarque, Larrieu, Lavigne, Lefort, Lopez, Maréchal, Martel, Mercier, Mendy, Morin, Navarro, Nguyen, Pascal, Pelletier, \
    Petit, Pinson, Pouget, Prat, Rey, Rivière, Roche, Roux, Sarrazin, Sow, Traoré, Vidal, Vignau, Zerbib";

/// Prénom and nom of the person of this number.
pub(super) fn name(number: usize) -> (&'static str, &'static str) {
    (nth(GIVEN, number * 11), nth(FAMILY, number * 7 + number / 47))
}

fn nth(names: &'static str, number: usize) -> &'static str {
    let count = names.split(", ").count();
    names.split(", ").nth(number % count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{FAMILY, GIVEN, name};

    #[test]
    fn names_follow_each_other_without_repeating_soon() {
        assert_eq!((GIVEN.split(", ").count(), FAMILY.split(", ").count()), (47, 71));
        let first: HashSet<_> = (0..3000).map(name).collect();
        assert!(first.len() > 2900, "{}", first.len());
    }
}
