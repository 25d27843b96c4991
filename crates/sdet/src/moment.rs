//! `generalizedTime` (RFC 4517, 3.3.13), and where the next reading begins.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// How much of the time before is read again.
///
/// An entry's `modifyTimestamp` has whole seconds, is taken by one server's clock, and may become visible later than that moment,
/// by a long write or on a replica. What is read twice changes nothing; what is missed would be missed until it changes again.
pub const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// The moment that the text says, in whole seconds; nothing where it says none.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let (date, rest) = text.split_at_checked(8)?;
    let (time, rest) = rest.split_at_checked(6)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(date) || !digits(time) {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let date = NaiveDate::from_ymd_opt(date[..4].parse().ok()?, number(&date[4..6])?, number(&date[6..])?)?;
    // A leap second is the second before it.
    let second = number(&time[4..])?;
    let local = date.and_hms_opt(number(&time[..2])?, number(&time[2..4])?, if second == 60 { 59 } else { second })?;
    Some((local - offset(fraction_cut(rest)?)?).and_utc())
}

/// The moment as a server's filter takes it.
pub(crate) fn write(moment: DateTime<Utc>) -> String {
    moment.format("%Y%m%d%H%M%SZ").to_string()
}

/// Where the reading after this one begins.
///
/// `newest` is the newest change that this one saw, by the server's clock. Changes that were made while it went on may have been
/// passed by, so that nothing after `began` counts. A reading that saw nothing leaves off where it was.
pub(crate) fn resumed(
    since: Option<DateTime<Utc>>,
    newest: Option<DateTime<Utc>>,
    began: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let Some(newest) = newest else { return since };
    let next = newest.min(began) - OVERLAP;
    Some(since.map_or(next, |since| next.max(since)))
}

/// What stands after a fraction of a second, if there is one.
fn fraction_cut(text: &str) -> Option<&str> {
    match text.strip_prefix(['.', ',']) {
        None => Some(text),
        Some(rest) => {
            let zone = rest.trim_start_matches(|character: char| character.is_ascii_digit());
            (zone.len() < rest.len()).then_some(zone)
        }
    }
}

fn offset(zone: &str) -> Option<TimeDelta> {
    if zone == "Z" {
        return Some(TimeDelta::zero());
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = if digits.len() == 4 { digits[2..].parse().ok()? } else { 0 };
    (hours < 24 && minutes < 60).then(|| TimeDelta::minutes(sign * (hours * 60 + minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        parse(text).expect("a moment")
    }

    #[test]
    fn moments_as_servers_write_them() {
        let written = |text| parse(text).map(write);
        for (text, same) in [
            ("20261127105446Z", "20261127105446Z"),
            ("20261127105446.999Z", "20261127105446Z"),
            ("20261127105446,5Z", "20261127105446Z"),
            ("20261127105446+0130", "20261127092446Z"),
            ("20261127235446-01", "20261128005446Z"),
            ("20161231235960Z", "20161231235959Z"),
        ] {
            assert_eq!(written(text).as_deref(), Some(same), "{text}");
        }
    }

    #[test]
    fn whatever_else_stands_there_is_none() {
        for text in [
            "",
            "2026",
            "20261127105446",
            "20261127105446z",
            "20261327105446Z",
            "20261127255446Z",
            "20261127105446.Z",
            "+0261127105446Z",
            "20261127105446Z)(uid=*",
            "*",
            "20261127105446+1",
            "20261127105446+9999",
            "2026-11-27T10:54:46Z",
            "2026112710é446Z",
            "2026112é",
            "20261127105446Z\0",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_next_reading_overlaps_and_never_goes_back() {
        let (since, began) = (at("20261127100000Z"), at("20261127120000Z"));
        let next = |since, newest| resumed(since, newest, began).map(write);
        assert_eq!(next(None, None), None);
        assert_eq!(next(Some(since), None).as_deref(), Some("20261127100000Z"));
        assert_eq!(next(None, Some(at("20261127110000Z"))).as_deref(), Some("20261127105500Z"));
        assert_eq!(next(None, Some(at("20261127120300Z"))).as_deref(), Some("20261127115500Z"), "changed meanwhile");
        assert_eq!(next(Some(since), Some(at("20261127100100Z"))).as_deref(), Some("20261127100000Z"));
    }
}
