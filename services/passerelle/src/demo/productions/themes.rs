//! What classes of CM1, CM2 and 6e work on.

use productions::Kind;

/// A subject, and in which form it is worked on.
#[derive(Debug)]
pub(super) struct Theme {
    pub(super) kind: Kind,
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    /// What it consists of, in order.
    pub(super) parts: &'static [&'static str],
}

const fn theme(kind: Kind, title: &'static str, summary: &'static str, parts: &'static [&'static str]) -> Theme {
    Theme { kind, title, summary, parts }
}

/// Every theme: three of each kind.
pub(super) const THEMES: &[Theme] = &[
    theme(
        Kind::MindMap,
        "Les volcans",
        "Ce que nous savons des volcans, du CM2 à la 6e.",
        &["Le magma", "Le cratère", "Les coulées de lave", "Vivre près d'un volcan"],
    ),
    theme(
        Kind::MindMap,
        "Les énergies renouvelables",
        "D'où vient l'électricité de nos deux établissements.",
        &["Le soleil", "Le vent", "L'eau", "La biomasse"],
    ),
    theme(
        Kind::MindMap,
        "La classification du vivant",
        "Les êtres vivants de la cour, rangés par ce qu'ils ont.",
        &["Vertébrés", "Insectes", "Arachnides", "Plantes à fleurs"],
    ),
    theme(
        Kind::Timeline,
        "De Clovis à Charlemagne",
        "Une frise commune pour l'histoire du cycle 3.",
        &[
            "481 Clovis, roi des Francs",
            "496 Baptême de Clovis",
            "732 Bataille de Poitiers",
            "800 Charlemagne empereur",
        ],
    ),
    theme(
        Kind::Timeline,
        "L'histoire de l'écriture",
        "Des tablettes au clavier.",
        &["-3300 Écriture cunéiforme", "-1200 Alphabet phénicien", "1450 Imprimerie", "1990 Le Web"],
    ),
    theme(
        Kind::Timeline,
        "Notre commune au fil du temps",
        "Ce que les archives municipales nous ont montré.",
        &["1789 Cahier de doléances", "1882 École publique", "1944 Libération", "2000 Le nouveau collège"],
    ),
    theme(
        Kind::Wall,
        "Nos lectures de l'année",
        "Un livre, une phrase, une envie de lire.",
        &["Le Petit Prince", "L'Odyssée", "Le Roman de Renart", "Vendredi ou la vie sauvage"],
    ),
    theme(
        Kind::Wall,
        "Questions au collège",
        "Les CM2 demandent, les 6e répondent.",
        &[
            "Combien de professeurs ?",
            "Où mange-t-on ?",
            "Qu'est-ce qu'un casier ?",
            "Comment lire l'emploi du temps ?",
        ],
    ),
    theme(
        Kind::Wall,
        "Le carnet de la nature",
        "Observations de la haie et de la mare.",
        &["Mésange bleue", "Gerris", "Prêle des champs", "Escargot petit-gris"],
    ),
    theme(
        Kind::Wiki,
        "Encyclopédie des contes",
        "Personnages, lieux et objets des contes que nous avons lus.",
        &["L'ogre", "La forêt", "La clé", "La marraine"],
    ),
    theme(
        Kind::Wiki,
        "Le système solaire",
        "Une page par astre, écrite à quatre mains.",
        &["Le Soleil", "La Terre", "Mars", "Saturne"],
    ),
    theme(
        Kind::Wiki,
        "Les instruments de l'orchestre",
        "Ce que l'on frotte, souffle et frappe.",
        &["Le violon", "La clarinette", "Le cor", "Les timbales"],
    ),
    theme(
        Kind::Blog,
        "Le journal de la liaison",
        "Ce qui se passe entre l'école et le collège.",
        &["La visite du collège", "Le défi maths", "La course d'orientation", "Le bilan"],
    ),
    theme(
        Kind::Blog,
        "Classe dehors",
        "Une sortie par mois, racontée par ceux qui y étaient.",
        &["La forêt en octobre", "La rivière en janvier", "Le marais en mars", "Le littoral en mai"],
    ),
    theme(
        Kind::Blog,
        "Le défi scientifique",
        "Nos hypothèses, nos essais, nos résultats.",
        &["Le pont en papier", "Le bateau à élastique", "Le filtre à eau", "Le bilan des défis"],
    ),
    theme(
        Kind::Pad,
        "Écrire une pièce de théâtre",
        "Deux classes, une intrigue, quatre scènes.",
        &["Scène 1 : la place", "Scène 2 : le secret", "Scène 3 : le procès", "Scène 4 : le retour"],
    ),
    theme(
        Kind::Pad,
        "Le roman policier à relais",
        "Chaque classe continue où l'autre s'est arrêtée.",
        &["La disparition", "Les indices", "La fausse piste", "La révélation"],
    ),
    theme(
        Kind::Pad,
        "La charte du numérique",
        "Nos règles communes, débattues et votées.",
        &["Respecter", "Citer ses sources", "Protéger ses données", "Demander de l'aide"],
    ),
    theme(
        Kind::Multimedia,
        "Radio liaison",
        "Une émission préparée et enregistrée par les deux classes.",
        &["Le générique", "L'invitée", "Le reportage", "La chronique cinéma"],
    ),
    theme(
        Kind::Multimedia,
        "Visite virtuelle du collège",
        "Pour ceux qui arrivent en septembre.",
        &["La cour", "Le CDI", "La cantine", "La salle de sciences"],
    ),
    theme(
        Kind::Multimedia,
        "Le livre audio",
        "Un album lu et mis en sons pour les petits.",
        &["La couverture", "Le loup", "La nuit", "Le matin"],
    ),
];
