//! Who stands in relation to a pupil, as the pupil's entry and the guardian's say it.

use feed::FeedTie;

use crate::raw::Raw;
use crate::{Note, dn};

const GUARDIANS: &str = "ENTElevePersRelEleve";
const PUPILS: &str = "ENTAuxPersRelEleveEleve";

/// What is read of an entry for its ties.
pub(super) const ATTRIBUTES: [&str; 2] = [GUARDIANS, PUPILS];

/// Who answers for this pupil: `guardian$relation$payer$legal$contact$payment`, in which the guardian may hold a `$`.
pub(super) fn guardians(raw: &Raw, key: &str, notes: &mut Vec<Note>) -> Vec<FeedTie> {
    let mut ties: Vec<FeedTie> = Vec::new();
    for value in raw.all(GUARDIANS) {
        let Some(tie) = tie(value, key) else {
            notes.push(Note::Tie);
            continue;
        };
        match ties.iter_mut().find(|known| known.guardian == tie.guardian) {
            // Said twice of one guardian: what gives less counts.
            Some(known) => known.legal &= tie.legal,
            None => ties.push(tie),
        }
    }
    ties.sort_unstable_by(|one, other| one.guardian.cmp(&other.guardian));
    ties
}

/// The normalised DNs of the pupils that this person stands in relation to.
pub(super) fn pupils(raw: &Raw, notes: &mut Vec<Note>) -> Vec<String> {
    let values = raw.all(PUPILS);
    let mut pupils: Vec<String> = values.iter().filter_map(|value| dn::normalised(value)).collect();
    if pupils.len() < values.len() {
        notes.push(Note::NoDn(PUPILS));
    }
    pupils.sort_unstable();
    pupils.dedup();
    pupils
}

fn tie(value: &str, key: &str) -> Option<FeedTie> {
    let mut parts = value.rsplitn(6, '$').map(str::trim);
    let (_payment, _contact, legal) = (parts.next()?, parts.next()?, parts.next()?);
    let (_payer, relation, guardian) = (parts.next()?, parts.next()?, parts.next()?);
    // A guardian by law sees, exports and objects: nobody is one by a code that is not known.
    let legal = match legal {
        "1" | "2" => true,
        "" | "0" | "3" => false,
        _ => return None,
    };
    let guardian = named(guardian, key)?;
    let relation = Some(relation).filter(|relation| !relation.is_empty()).map(str::to_owned);
    Some(FeedTie { guardian, relation, legal })
}

/// What this feed calls the guardian: a normalised DN or a join key. One without a source is of the pupil's own.
fn named(guardian: &str, key: &str) -> Option<String> {
    if guardian.is_empty() {
        return None;
    }
    if guardian.contains('=') {
        return dn::normalised(guardian);
    }
    match key.split_once('$') {
        Some((source, _)) if !guardian.contains('$') => Some(format!("{source}${guardian}")),
        _ => Some(guardian.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (String, Option<String>, bool);

    fn read(values: &[&str]) -> (Vec<Read>, Vec<Note>) {
        let mut notes = Vec::new();
        let ties = guardians(&Raw::of("uid=x", &[(GUARDIANS, values)]), "AC-PARIS$1", &mut notes);
        (ties.into_iter().map(|tie| (tie.guardian, tie.relation, tie.legal)).collect(), notes)
    }

    #[test]
    fn guardians_by_join_key_by_number_and_by_dn() {
        let (ties, notes) = read(&[
            "AC-PARIS$20$10$1$1$1$1",
            "21$20$0$2$1$0",
            "uid=P22, OU=personnes,dc=ent$$0$0$1$0",
            "23$39$0$3$0$0",
        ]);
        let tie =
            |guardian: &str, relation: Option<&str>, legal| (guardian.to_owned(), relation.map(str::to_owned), legal);
        assert_eq!(
            ties,
            [
                tie("AC-PARIS$20", Some("10"), true),
                tie("AC-PARIS$21", Some("20"), true),
                tie("AC-PARIS$23", Some("39"), false),
                tie("uid=p22,ou=personnes,dc=ent", None, false),
            ]
        );
        assert_eq!(notes, []);
    }

    #[test]
    fn what_cannot_be_read_makes_nobody_a_guardian() {
        let (ties, notes) = read(&[
            "20",
            "20$10$1$1",
            "$10$1$1$1$1",
            "20$10$1$O$1$1",
            "uid=,x$10$1$1$1$1",
            "21$10$1$1$1$1",
            "21$10$0$0$0$0",
        ]);
        assert_eq!(
            ties,
            [("AC-PARIS$21".to_owned(), Some("10".to_owned()), false)],
            "of two contrary words the lesser"
        );
        assert_eq!(notes, [Note::Tie; 5]);
    }
}
