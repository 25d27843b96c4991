//! What a person is: national profiles, classes of entries, codes of functions.

use kernel::Profile;

/// A national profile, such as `National_ENS`, in letters of any size.
///
/// Old directories number them. Only those numbers are read of which it is certain what they say; those of the staff beyond
/// teachers are not.
pub(super) fn national(value: &str) -> Option<Profile> {
    let (prefix, code) = value.split_once('_')?;
    if !prefix.eq_ignore_ascii_case("national") {
        return None;
    }
    Some(match code.to_ascii_uppercase().as_str() {
        "ELV" | "1" => Profile::Pupil,
        "TUT" | "2" => Profile::Guardian,
        "ENS" | "3" => Profile::Teacher,
        "DIR" => Profile::Head,
        "EVS" => Profile::SchoolLife,
        "ETA" => Profile::Staff,
        "ACA" => Profile::Academic,
        "DOC" => Profile::Librarian,
        "COL" => Profile::LocalAuthority,
        _ => return None,
    })
}

/// What a class of an entry says of the person, where no profile does.
pub(super) fn of_class(class: &str) -> Option<Profile> {
    Some(match class.to_ascii_lowercase().as_str() {
        "enteleve" => Profile::Pupil,
        "entauxpersreleleve" => Profile::Guardian,
        "entauxenseignant" => Profile::Teacher,
        "entauxnonensetab" => Profile::Staff,
        "entauxnonensservac" => Profile::Academic,
        "entauxnonenscollloc" => Profile::LocalAuthority,
        _ => return None,
    })
}

/// What a function is: `code$label$...` as it follows the establishment. The groups are those of GAR, and inspectors.
pub(super) fn of_function(code: &str) -> Profile {
    match code.to_ascii_uppercase().as_str() {
        "ENS" => Profile::Teacher,
        "DIR" => Profile::Head,
        "DOC" | "CIO" | "DCT" => Profile::Librarian,
        "AED" | "AES" | "ASE" | "ASH" | "AVS" | "BED" | "CPE" | "EDU" | "EEI" | "FIJ" | "INJ" | "ORI" | "SUR" => {
            Profile::SchoolLife
        }
        "COL" => Profile::LocalAuthority,
        "INS" | "IEN" | "IPR" => Profile::Inspector,
        _ => Profile::Staff,
    }
}

#[cfg(test)]
mod tests {
    use Profile::{Academic, Guardian, Head, Librarian, LocalAuthority, Pupil, SchoolLife, Staff, Teacher};

    use super::*;

    #[test]
    fn national_profiles_in_any_case_and_old_numbers() {
        let all =
            ["ELV", "TUT", "ENS", "DIR", "EVS", "ETA", "ACA", "DOC", "COL"].map(|code| format!("National_{code}"));
        let read: Vec<_> = all.iter().filter_map(|value| national(value)).collect();
        assert_eq!(read, [Pupil, Guardian, Teacher, Head, SchoolLife, Staff, Academic, Librarian, LocalAuthority]);
        for value in all {
            assert_eq!(national(&value.to_lowercase()), national(&value));
        }
        assert_eq!(
            ["1", "2", "3"].map(|n| national(&format!("National_{n}"))),
            [Some(Pupil), Some(Guardian), Some(Teacher)]
        );
        for value in ["National_4", "National_7", "National_", "National", "Local_ELV", "ELV", "", "National_ELV2"] {
            assert_eq!(national(value), None, "{value}");
        }
    }

    #[test]
    fn functions_by_code() {
        assert_eq!(of_function("dir"), Head);
        assert_eq!(of_function("CPE"), SchoolLife);
        assert_eq!(of_function("-"), Staff);
        assert_eq!(of_function("ADF"), Staff);
    }
}
