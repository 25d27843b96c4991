//! Choices that look like chance and are the same on every run.

use super::establishment::Establishment;

/// What is drawn: two topics give two orders that have nothing to do with each other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Topic {
    Pix = 1,
    PixPupils,
    PixCertified,
    Schematic,
    Label,
    LabelLevel,
    Programme,
    Alienor,
    EntSocle,
    EntEcole,
    LyceeConnecte,
    Street,
    House,
    North,
    East,
    Opening,
    Sector,
    TwoSectors,
    Accounts,
    Activated,
    Undeclared,
    Pupils,
    Levels,
    Ulis,
    Share,
    Theme,
    Taking,
    Fate,
}

/// A number that depends on `number` and `topic` alone: the finaliser of `SplitMix64`.
pub(crate) fn mixed(number: u32, topic: Topic) -> u64 {
    let mut state = u64::from(number) ^ (topic as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// A number from 0 to `limit` exclusive.
pub(crate) fn below(limit: u32, number: u32, topic: Topic) -> u32 {
    u32::try_from(mixed(number, topic) % u64::from(limit)).expect("a remainder is below its divisor")
}

/// The establishments in the order of a draw.
pub(crate) fn shuffled<'a>(
    establishments: impl IntoIterator<Item = &'a Establishment>,
    topic: Topic,
) -> Vec<&'a Establishment> {
    let mut drawn: Vec<&Establishment> = establishments.into_iter().collect();
    drawn.sort_by_key(|establishment| (mixed(establishment.uai.number(), topic), establishment.uai));
    drawn
}

/// The first `count` of a draw.
pub(crate) fn some<'a>(
    establishments: impl IntoIterator<Item = &'a Establishment>,
    count: usize,
    topic: Topic,
) -> Vec<&'a Establishment> {
    let mut drawn = shuffled(establishments, topic);
    drawn.truncate(count);
    drawn
}

/// A draw dealt out: the first `quotas[0]` get `words[0]`, the next `quotas[1]` get `words[1]`, and so on.
pub(crate) fn dealt<'a, const N: usize>(
    establishments: impl IntoIterator<Item = &'a Establishment>,
    quotas: [usize; N],
    words: [&'static str; N],
    topic: Topic,
) -> Vec<(&'a Establishment, &'static str)> {
    let words = quotas.into_iter().zip(words).flat_map(|(quota, word)| std::iter::repeat_n(word, quota));
    shuffled(establishments, topic).into_iter().zip(words).collect()
}
