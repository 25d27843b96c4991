//! Names of establishments and streets: plausible, and those of no establishment in particular.

use std::collections::HashMap;

use super::category::{Category, PRIMAIRE};
use super::draw::{Topic, below};
use super::places::Commune;

/// Names of public écoles. As many as a prime number, so that a stride visits them all; so are the others.
const ECOLES: &str = "Les Tilleuls, Jean-Moulin, Louise-Michel, Le Petit-Prince, Jules-Ferry, Marie-Curie, Les \
    Acacias, Jacques-Prévert, Simone-Veil, La Fontaine, Les Hirondelles, Victor-Hugo, Pauline-Kergomard, Le \
    Grand-Pré, Joséphine-Baker, Antoine-de-Saint-Exupéry, Les Coquelicots, Paul-Éluard, Rosa-Bonheur, Les \
    Marronniers, Jean-Jaurès, Colette, Le Bois-Joli, Robert-Desnos, Hélène-Boucher, Les Platanes, Jean-Zay, \
    Maria-Montessori, Les Vignes, Jules-Verne, George-Sand, Le Chemin-Vert, Louis-Pasteur, Olympe-de-Gouges, Les \
    Écureuils, Charles-Perrault, Suzanne-Lacore, Le Parc, Claude-Debussy, Germaine-Tillion, Les Mésanges, \
    Albert-Camus, Berthe-Morisot, La Prairie, Paul-Bert, Anne-Frank, Les Cèdres, Célestin-Freinet, Françoise-Dolto, \
    Le Moulin-Neuf, Henri-Matisse, Camille-Claudel, Les Peupliers, Marcel-Pagnol, Gisèle-Halimi, La Croix-Blanche, \
    Jean-Rostand, Lucie-Aubrac, Les Jonquilles, Émile-Zola, Flora-Tristan, Le Lavoir, Boris-Vian, Nadia-Boulanger, \
    Les Bleuets, René-Cassin, Marguerite-Duras, La Garenne, Paul-Langevin, Elsa-Triolet, Les Lilas, Léo-Lagrange, \
    Alice-Guy, Le Pigeonnier, Claude-Monet, Simone-Signoret, Les Aubépines, La Roseraie, Niki-de-Saint-Phalle, La \
    Source, Jean-Ferrat, Barbara, Les Genêts, Gérard-Philipe, Rosa-Parks, Le Clos-Fleuri, Paul-Émile-Victor, \
    Sophie-Germain, Les Pâquerettes, Georges-Brassens, Edith-Piaf, La Tuilerie, Jean-Vilar, Agnès-Varda, Les \
    Noisetiers, Les Mimosas, Jacqueline-Auriol";
/// Names of public collèges and lycées.
const SECOND_DEGREE: &str = "Joséphine-Baker, Katherine-Johnson, Ada-Lovelace, Sophie-Germain, Emmy-Noether, \
    Alice-Guy, Wangari-Maathai, Rosalind-Franklin, Lise-Meitner, Émilie-du-Châtelet, Vera-Rubin, Nadia-Boulanger, \
    Maryam-Mirzakhani, Berthe-Morisot, Hedy-Lamarr, Nicole-Reine-Lepaute, Mary-Cassatt, Jane-Goodall, Hypatie, \
    Jacqueline-Auriol, Barbara-McClintock, Lili-Boulanger, Grace-Hopper, Germaine-Tailleferre, Caroline-Herschel, \
    Suzanne-Valadon, Sofia-Kovalevskaïa, Élisabeth-Vigée-Le-Brun, Agnès-Varda, Rita-Levi-Montalcini, \
    Marguerite-Perey, Louise-Farrenc, Dian-Fossey, Cecilia-Payne, Yvonne-Choquet-Bruhat, Marie-Marvingt, \
    Sonia-Delaunay, Dorothy-Hodgkin, Tove-Jansson, Mary-Anning, Émilie-Charmy, Maria-Sibylla-Merian, Clara-Schumann, \
    Mileva-Marić, Chien-Shiung-Wu, Pauline-Viardot, Augusta-Savage, Léonie-d'Aunet, Gerty-Cori, Henrietta-Leavitt, \
    Artemisia-Gentileschi, Inge-Lehmann, Edmonia-Lewis";
/// Names of private establishments.
const PRIVATE: &str = "Saint-Fiacre, Sainte-Odile, Saint-Mathurin, Sainte-Colombe, Saint-Aubin, Sainte-Clotilde, \
    Saint-Blaise, Sainte-Ursule, Saint-Crépin, Sainte-Radegonde, Saint-Éloi, Sainte-Geneviève, Saint-Hubert, \
    Sainte-Barbe, Saint-Médard, Sainte-Bathilde, Saint-Romain, Sainte-Agathe, Saint-Sylvain, Sainte-Aurélie, \
    Saint-Cyprien, Sainte-Lucie, Saint-Florent, Sainte-Monique, Saint-Brice, Sainte-Eulalie, Saint-Théodore, \
    Sainte-Irène, Saint-Guilhem, Sainte-Victoire, Saint-Léonce";
/// Names of streets.
const STREETS: &str = "rue des Écoles, avenue de la République, rue du Stade, rue de la Mairie, place de la Liberté, \
    rue des Tilleuls, avenue Jean-Jaurès, rue Victor-Hugo, chemin des Vignes, rue du Moulin, rue Pasteur, boulevard \
    Gambetta, rue des Acacias, allée des Platanes, rue de la Fontaine, avenue du Général-de-Gaulle, rue du \
    8-Mai-1945, rue des Fleurs, impasse du Lavoir, rue de la Gare, cours de l'Yser, rue Louise-Michel, rue des \
    Jardins, route de la Forêt, rue de l'Abreuvoir, rue du Pont-Neuf, avenue des Pyrénées, rue Voltaire, place du \
    Marché";
/// How far apart names that follow each other in a commune stand in a list.
const STRIDE: usize = 19;

/// Gives each establishment of a commune a name that no other of its sort has there.
pub(crate) struct Names {
    ecoles: Vec<&'static str>,
    second_degree: Vec<&'static str>,
    private: Vec<&'static str>,
    given: HashMap<(&'static str, &'static str, bool), usize>,
}

impl Names {
    pub(crate) fn new() -> Self {
        let list = |names: &'static str| names.split(", ").collect();
        Self { ecoles: list(ECOLES), second_degree: list(SECOND_DEGREE), private: list(PRIVATE), given: HashMap::new() }
    }

    /// The next name of this sort in this commune.
    pub(crate) fn next(&mut self, category: &Category, commune: &'static Commune, public: bool) -> String {
        let rank = self.given.entry((commune.code, category.label, public)).or_default();
        let ecole = category.classes.is_some();
        let (list, ownership) = match (public, ecole) {
            (true, true) => (&self.ecoles, " publique"),
            (true, false) => (&self.second_degree, ""),
            (false, true) => (&self.private, " privée"),
            (false, false) => (&self.private, " privé"),
        };
        // An école élémentaire and its maternelle bear one name; a collège and a lycée of one commune do not.
        let start = if ecole { 0 } else { seed(category.nature) };
        let ahead = if category == PRIMAIRE { list.len() / 2 } else { 0 };
        let proper = list[(seed(commune.code) + start + (*rank + ahead) * STRIDE) % list.len()];
        *rank += 1;
        format!("{}{ownership} {proper}", category.label)
    }
}

/// Where a commune begins in a list.
fn seed(code: &str) -> usize {
    code.bytes().fold(0, |sum, digit| sum * 7 + usize::from(digit))
}

/// A street and a number in it.
pub(crate) fn address(number: u32) -> String {
    let streets: Vec<&str> = STREETS.split(", ").collect();
    let count = u32::try_from(streets.len()).expect("a short list");
    let street = streets[below(count, number, Topic::Street) as usize];
    format!("{} {street}", 1 + below(88, number, Topic::House))
}

/// The name of a commune after "de": `de Pau`, `d'Agen`, `du Vigan`.
pub(crate) fn of(commune: &str) -> String {
    match commune.strip_prefix("Le ") {
        Some(rest) => format!("du {rest}"),
        None if commune.starts_with(['A', 'E', 'É', 'I', 'O', 'U']) => format!("d'{commune}"),
        None => format!("de {commune}"),
    }
}
