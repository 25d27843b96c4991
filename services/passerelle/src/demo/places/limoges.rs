//! Communes of the académie de Limoges that the demonstration uses.

use super::{Commune, commune};

/// Corrèze.
pub(super) const CORREZE: &[Commune] = &[
    commune("19031", "Brive-la-Gaillarde", "19100", (45.159, 1.533), "200043172", 64),
    commune("19272", "Tulle", "19000", (45.266, 1.772), "241927201", 30),
    commune("19275", "Ussel", "19200", (45.548, 2.309), "200066744", 24),
    commune("19123", "Malemort", "19360", (45.171, 1.564), "200043172", 22),
    commune("19073", "Égletons", "19300", (45.406, 2.045), "241900133", 15),
    commune("19005", "Allassac", "19240", (45.258, 1.476), "200043172", 15),
    commune("19153", "Objat", "19130", (45.263, 1.408), "200043172", 14),
    commune("19276", "Uzerche", "19140", (45.425, 1.563), "241927243", 12),
];

/// Creuse.
pub(super) const CREUSE: &[Commune] = &[
    commune("23096", "Guéret", "23000", (46.172, 1.872), "200034825", 29),
    commune("23176", "La Souterraine", "23300", (46.238, 1.486), "242300135", 17),
    commune("23008", "Aubusson", "23200", (45.955, 2.167), "200044014", 12),
    commune("23030", "Bourganeuf", "23400", (45.954, 1.756), "200067189", 11),
    commune("23079", "Felletin", "23500", (45.884, 2.173), "200044014", 8),
    commune("23093", "Gouzon", "23230", (46.192, 2.239), "200067544", 8),
    commune("23031", "Boussac", "23600", (46.348, 2.22), "200067544", 7),
];

/// Haute-Vienne.
pub(super) const HAUTE_VIENNE: &[Commune] = &[
    commune("87085", "Limoges", "87000", (45.834, 1.248), "248719312", 117),
    commune("87154", "Saint-Junien", "87200", (45.887, 0.902), "200059400", 27),
    commune("87114", "Panazol", "87350", (45.839, 1.31), "248719312", 27),
    commune("87050", "Couzeix", "87270", (45.876, 1.238), "248719312", 25),
    commune("87075", "Isle", "87170", (45.805, 1.226), "248719312", 22),
    commune("87187", "Saint-Yrieix-la-Perche", "87500", (45.514, 1.203), "248700189", 20),
    commune("87002", "Ambazac", "87240", (45.957, 1.4), "200066512", 18),
    commune("87011", "Bellac", "87300", (46.122, 1.049), "200071942", 13),
    commune("87161", "Saint-Léonard-de-Noblat", "87400", (45.837, 1.49), "248719361", 15),
];
