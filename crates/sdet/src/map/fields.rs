//! Single values: dates, numbers, addresses.

use chrono::NaiveDate;

/// A date as directories write it: DD/MM/YYYY, YYYY-MM-DD or YYYYMMDD.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let digits =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let [year, month, day] = match (text.len(), text.as_bytes()) {
        (10, [_, _, b'/', _, _, b'/', ..]) => [text.get(6..)?, text.get(3..5)?, text.get(..2)?],
        (10, [_, _, _, _, b'-', _, _, b'-', ..]) => [text.get(..4)?, text.get(5..7)?, text.get(8..)?],
        (8, _) => [text.get(..4)?, text.get(4..6)?, text.get(6..)?],
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(digits(year)?).ok()?, digits(month)?, digits(day)?)
}

/// An INE: eleven letters and digits, written large.
pub(super) fn ine(text: &str) -> Option<String> {
    (text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| text.to_ascii_uppercase())
}

/// An address of electronic mail, in small letters.
pub(super) fn mail(text: &str) -> Option<String> {
    let (user, host) = text.rsplit_once('@')?;
    let whole = !user.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace);
    whole.then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_three_forms() {
        let day = NaiveDate::from_ymd_opt(2012, 3, 4);
        for text in ["04/03/2012", "2012-03-04", "20120304"] {
            assert_eq!(date(text), day, "{text}");
        }
        for text in [
            "",
            "4/3/2012",
            "03/2012",
            "2012/03/04",
            "31/02/2012",
            "2012-13-01",
            "+2120304",
            "2012030é",
            "é4/03/201",
            "20120304000000Z",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_addresses() {
        assert_eq!(ine("120890177fa").as_deref(), Some("120890177FA"));
        assert_eq!((ine("120890177F"), ine("120890177é")), (None, None));
        assert_eq!(mail("Zoe@Ent.fr").as_deref(), Some("zoe@ent.fr"));
        for text in ["zoe", "@ent.fr", "zoe@", "zoe @ent.fr"] {
            assert_eq!(mail(text), None, "{text}");
        }
    }
}
