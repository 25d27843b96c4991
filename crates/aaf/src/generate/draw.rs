//! Chance that is none: what is drawn follows from the seed, from what is drawn, and from its index.

/// What is drawn; each has chances of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Family,
    Pupil,
    Guardian,
    Staff,
}

/// Splitmix64.
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64, of: Of, index: usize) -> Self {
        let mut draw = Self(seed ^ ((of as u64 + 1) << 56));
        draw.0 = draw.number().wrapping_add(index as u64);
        draw
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % end as u64).unwrap_or(0)
    }

    pub(super) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}
