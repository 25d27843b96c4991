//! What the INSEE code of a commune says by itself.

use kernel::TerritoryId;

/// The id of the département in which a commune lies: its code begins with that of the département.
pub(crate) fn department_of(commune: &TerritoryId) -> String {
    let code = commune.code();
    let overseas = code.starts_with("97") || code.starts_with("98");
    format!("DEP-{}", if overseas { &code[..3] } else { &code[..2] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_characters_or_three_overseas() {
        for (commune, department) in [("COM-33063", "DEP-33"), ("COM-2A004", "DEP-2A"), ("COM-97411", "DEP-974")] {
            assert_eq!(department_of(&commune.parse().expect("a commune")), department);
        }
    }
}
