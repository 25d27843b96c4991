//! What a provider's claims say of a person, as far as they were asked to say anything.
//!
//! Their form is not trusted: a value that is none of its kind, too long or one too many is left out, and the rest stays.

use chrono::NaiveDate;
use feed::{FeedIdentifier, FeedPerson, FeedPlace};
use kernel::{Profile, Uai};
use serde_json::{Map, Value};

use crate::config::{IdentifierClaim, IdentifierFormat, Mapping};

/// Claims by their names.
pub(crate) type Claims = Map<String, Value>;

/// Bytes of a text.
const MAX_TEXT: usize = 255;
/// Values of a list.
const MAX_VALUES: usize = 50;

/// EduConnect's claim that says in which degree somebody is a pupil or a guardian.
const AFFILIATION: &str = "FrEduCtPersonAffiliation";

/// The person of an account.
pub(crate) fn person(
    mapping: &Mapping,
    provider: &str,
    subject: &str,
    claims: &Claims,
    trust_mail: bool,
) -> FeedPerson {
    let names = &mapping.claims;
    let one = |name: &Option<String>| name.as_ref().and_then(|name| texts(claims, name).next()).map(str::to_owned);
    let birth_date = one(&names.birth_date).and_then(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok());
    let mails = if trust_mail && claims.get("email_verified") != Some(&Value::Bool(false)) {
        one(&names.mail).filter(|mail| is_mail(mail)).into_iter().collect()
    } else {
        Vec::new()
    };
    FeedPerson {
        key: subject.to_owned(),
        given_name: one(&names.given_name),
        family_name: one(&names.family_name),
        birth_date,
        ine: one(&names.ine).filter(|ine| is_ine(ine)),
        mails,
        identifiers: identifiers(mapping, provider, subject, claims),
        places: places(mapping, claims),
        guardians: Vec::new(),
    }
}

fn identifiers(mapping: &Mapping, provider: &str, subject: &str, claims: &Claims) -> Vec<FeedIdentifier> {
    let mut all = vec![FeedIdentifier { system: format!("oidc:{provider}"), value: subject.to_owned() }];
    if let Some(name) = &mapping.claims.ine_hash {
        let hashes = texts(claims, name).take(1).filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        all.extend(
            hashes.map(|hash| FeedIdentifier { system: "ine-hash".to_owned(), value: hash.to_ascii_lowercase() }),
        );
    }
    for claim in &mapping.identifiers {
        all.extend(identified(claim, claims));
    }
    let mut known = std::collections::BTreeSet::new();
    all.retain(|identifier| known.insert(identifier.clone()));
    all
}

fn identified(claim: &IdentifierClaim, claims: &Claims) -> Vec<FeedIdentifier> {
    let values = texts(claims, &claim.claim);
    match claim.format {
        IdentifierFormat::Plain => {
            values.map(|value| FeedIdentifier { system: claim.system.clone(), value: value.to_owned() }).collect()
        }
        IdentifierFormat::RefId => {
            let Some(degree) = degree(claims) else { return Vec::new() };
            values.filter_map(|value| referred(value, degree)).collect()
        }
    }
}

/// `{AAF}04|...|key`: a record of AAF in an académie. References to other systems are somebody else's.
fn referred(value: &str, degree: &str) -> Option<FeedIdentifier> {
    let mut fields = value.strip_prefix("{AAF}")?.split('|');
    let (academy, _, key) = (fields.next()?, fields.next()?, fields.next()?);
    let academy_is_one = academy.len() == 2 && academy.bytes().all(|byte| byte.is_ascii_digit());
    (fields.next().is_none() && academy_is_one && !key.trim().is_empty())
        .then(|| FeedIdentifier { system: format!("{degree}:ACA-{academy}"), value: key.trim().to_owned() })
}

/// Which of the two exports of AAF references are to. Who is in both degrees cannot be told, and is none in doubt.
fn degree(claims: &Claims) -> Option<&'static str> {
    let mut degrees = texts(claims, AFFILIATION).filter_map(|affiliation| match affiliation {
        "eleve1d" | "resp1d" => Some("aaf1d"),
        "eleve2d" | "resp2d" => Some("aaf2d"),
        _ => None,
    });
    let first = degrees.next()?;
    degrees.all(|other| other == first).then_some(first)
}

fn places(mapping: &Mapping, claims: &Claims) -> Vec<FeedPlace> {
    let (Some(profile), Some(establishments)) = (profile(mapping, claims), &mapping.establishments) else {
        return Vec::new();
    };
    let listed = |name: &Option<String>| {
        name.as_ref().map(|name| texts(claims, name).map(str::to_owned).collect::<Vec<_>>()).unwrap_or_default()
    };
    let level =
        listed(&mapping.level).into_iter().next().filter(|level| profile == Profile::Pupil && is_mefstat4(level));
    let mut uais: Vec<Uai> =
        texts(claims, establishments).filter_map(|uai| uai.to_ascii_uppercase().parse().ok()).collect();
    uais.sort_unstable();
    uais.dedup();
    // Classes are told for one establishment; of two, nobody can say whose they are.
    let classes = if uais.len() == 1 { listed(&mapping.classes) } else { Vec::new() };
    let place = |uai: Uai| FeedPlace {
        structure: uai.to_string(),
        profile,
        mefstat4: level.clone(),
        classes: classes.clone(),
        groups: Vec::new(),
    };
    uais.into_iter().map(place).collect()
}

fn profile(mapping: &Mapping, claims: &Claims) -> Option<Profile> {
    let rule = mapping.profile.as_ref()?;
    texts(claims, &rule.claim).find_map(|value| rule.values.get(value).copied()).or(rule.default)
}

/// The texts of a claim that is a text or a list of texts.
fn texts<'a>(claims: &'a Claims, name: &str) -> impl Iterator<Item = &'a str> {
    let values = match claims.get(name) {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let usable = |text: &&str| !text.is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
    values.iter().take(MAX_VALUES).filter_map(Value::as_str).map(str::trim).filter(usable)
}

fn is_mail(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@')) && !text.contains(' ')
}

/// Ten or eleven letters and digits.
fn is_ine(text: &str) -> bool {
    (10..=11).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_mefstat4(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
