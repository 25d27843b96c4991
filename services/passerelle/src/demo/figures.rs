//! The figures of the roadmaps, and the sizes that make the directory agree with them.

/// Title of the région académique's roadmap, with its point of January 2021.
pub(crate) const ROADMAP_NOUVELLE_AQUITAINE: &str =
    "Région académique Nouvelle-Aquitaine, DRANE, « Feuille de route », point d'étape janvier 2021";
/// Title of the académie of Montpellier's roadmap, with its figures of June 2018.
pub(crate) const ROADMAP_MONTPELLIER: &str =
    "Académie de Montpellier, « Feuille de route numérique académique 2018-2019 », données chiffrées au 28/06/2018";
/// What the académie of Bordeaux says of Aliénor, undated.
pub(crate) const ROADMAP_BORDEAUX: &str = "Académie de Bordeaux, DANE, « Perspectives 2018-2020 » : \
    « aujourd'hui, 1606 écoles sur un total de 2696 disposent de cette solution d'ENT »";
/// What is said of the figures that no document gives.
pub(crate) const SIMULATED: &str = "Données de démonstration, simulées";

/// How many establishments of each sort a département has.
#[derive(Debug)]
pub(crate) struct Size {
    /// INSEE code of the département.
    pub(crate) department: &'static str,
    /// Écoles of nature 101.
    pub(crate) maternelles: usize,
    /// Écoles of natures 151 and 153.
    pub(crate) elementaires: usize,
    /// Collèges.
    pub(crate) colleges: usize,
    /// Lycées, their sections apart.
    pub(crate) lycees: usize,
    /// Sections of lycées, which are no lycées.
    pub(crate) sections: usize,
}

const fn size(department: &'static str, ecoles: (usize, usize), second: (usize, usize, usize)) -> Size {
    let (maternelles, elementaires) = ecoles;
    let (colleges, lycees, sections) = second;
    Size { department, maternelles, elementaires, colleges, lycees, sections }
}

/// Sizes by département. The sums are the roadmaps': 2696 écoles in the académie of Bordeaux; 549, 139 and 303
/// collèges and lycées in Bordeaux, Limoges and Poitiers; each département of Montpellier by itself, its maternelles
/// and sections apart.
pub(crate) const SIZES: &[Size] = &[
    size("24", (70, 370), (46, 20, 0)),
    size("33", (260, 700), (160, 82, 0)),
    size("40", (60, 310), (48, 18, 0)),
    size("47", (60, 290), (40, 20, 0)),
    size("64", (90, 486), (78, 37, 0)),
    size("19", (40, 190), (31, 17, 0)),
    size("23", (15, 115), (20, 8, 0)),
    size("87", (60, 220), (41, 22, 0)),
    size("16", (50, 260), (47, 20, 0)),
    size("17", (70, 330), (67, 31, 0)),
    size("79", (35, 225), (45, 19, 0)),
    size("86", (50, 220), (49, 25, 0)),
    size("11", (70, 265), (28, 10, 2)),
    size("30", (110, 358), (54, 19, 3)),
    size("34", (140, 391), (77, 32, 4)),
    size("48", (15, 75), (12, 4, 1)),
    size("66", (65, 178), (31, 13, 2)),
];

/// Pix Orga in an académie, school year 2020-2021, observed in January 2021: collèges and lycées.
#[derive(Debug)]
pub(crate) struct PixOrga {
    /// The ministry's code of the académie.
    pub(crate) academy: &'static str,
    /// Not activated, not imported, imported, active.
    pub(crate) states: [usize; 4],
    /// Establishments that launched a campaign.
    pub(crate) launched: usize,
}

/// Pix Orga by académie: the four states are a partition, the campaign is a count of its own.
pub(crate) const PIX_ORGA: &[PixOrga] = &[
    PixOrga { academy: "04", states: [20, 17, 55, 457], launched: 457 },
    PixOrga { academy: "22", states: [4, 11, 20, 104], launched: 109 },
    PixOrga { academy: "13", states: [11, 35, 40, 217], launched: 250 },
];

/// The label and the digital programmes in a département of Montpellier, school year 2017-2018.
#[derive(Debug)]
pub(crate) struct Digital {
    /// INSEE code of the département.
    pub(crate) department: &'static str,
    /// Écoles numériques, among those of natures 151 and 153.
    pub(crate) ecoles_numeriques: usize,
    /// Collèges with the label.
    pub(crate) colleges_labelled: usize,
    /// Collèges numériques.
    pub(crate) colleges_numeriques: usize,
}

/// Label and programmes by département.
pub(crate) const DIGITAL: &[Digital] = &[
    Digital { department: "11", ecoles_numeriques: 10, colleges_labelled: 21, colleges_numeriques: 5 },
    Digital { department: "30", ecoles_numeriques: 17, colleges_labelled: 32, colleges_numeriques: 13 },
    Digital { department: "34", ecoles_numeriques: 10, colleges_labelled: 43, colleges_numeriques: 4 },
    Digital { department: "48", ecoles_numeriques: 2, colleges_labelled: 11, colleges_numeriques: 2 },
    Digital { department: "66", ecoles_numeriques: 27, colleges_labelled: 25, colleges_numeriques: 18 },
];

/// Collèges with the label by level, 1 to 3, over the académie of Montpellier.
pub(crate) const COLLEGE_LEVELS: [usize; 3] = [48, 59, 25];
/// Lycées by level of the label: every one has it.
pub(crate) const LYCEE_LEVELS: [usize; 3] = [54, 17, 7];

/// Écoles of the académie of Bordeaux with Aliénor in 2017-2018, as its roadmap says.
pub(crate) const ALIENOR: usize = 1606;
