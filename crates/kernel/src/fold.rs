//! One spelling for search: accents, ligatures, case and punctuation folded, as neither database does it portably.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `text` in lower case without accents, ligatures or apostrophes, words parted by one space.
///
/// ```
/// assert_eq!(kernel::fold("  Collège  Françoise-DOLTO, Cœur d'Île "), "college francoise dolto coeur d ile");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut pending_space = false;
    for char in text.nfkd().filter(|char| !is_combining_mark(*char)) {
        if !char.is_alphanumeric() {
            pending_space = !folded.is_empty();
            continue;
        }
        if pending_space {
            folded.push(' ');
            pending_space = false;
        }
        match char {
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            other => folded.extend(other.to_lowercase()),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn nothing_remains_of_punctuation_alone() {
        assert_eq!(fold(" -'’ "), "");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Lycée Æsop", "ÉCOLE N°3", "ﬁn", "İzmir", "ß"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
