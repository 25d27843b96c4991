//! Levels of pupils.

use async_graphql::SimpleObject;

/// A level by its MEFSTAT4 code, the one that first degree, second degree and EduConnect share.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(shareable)]
pub struct Level {
    /// The code, such as `1125` for CM2 and `2111` for 6e.
    pub mefstat4: String,
    /// Its name, such as « CM2 »; the code itself where it holds no level that is known (ULIS).
    pub name: String,
    /// Its cycle, 1 to 4; null after collège, and where the code holds no level.
    pub cycle: Option<i32>,
}

impl Level {
    /// The level of a code.
    pub fn of(mefstat4: &str) -> Self {
        let known = kernel::Level::of(mefstat4);
        let number = |cycle: kernel::Cycle| match cycle {
            kernel::Cycle::Cycle1 => 1,
            kernel::Cycle::Cycle2 => 2,
            kernel::Cycle::Cycle3 => 3,
            kernel::Cycle::Cycle4 => 4,
        };
        Self {
            mefstat4: mefstat4.to_owned(),
            name: known.map_or(mefstat4, |level| level.name).to_owned(),
            cycle: known.and_then(|level| level.cycle).map(number),
        }
    }
}
