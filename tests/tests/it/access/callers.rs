//! Every kind of caller, and what each is towards the things of the scene: told here by hand, and not by the code under test.

use serde_json::json;
use service_kit::access::Seer;
use testkit::client::ask_as;
use testkit::stack::Site;

use super::scene::{Account, Scene};

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// Nothing to which anybody is more than another.
    Nothing,
    /// The production of the scene.
    Production,
    /// A production of the académie of Bordeaux in which none of the callers takes part.
    Other,
    /// The production's author, a teacher.
    Author,
    /// A pupil of the production.
    Pupil,
    /// The author's école.
    Ecole,
}

pub(super) struct Caller {
    pub(super) name: &'static str,
    pub(super) token: Option<String>,
    scopes: &'static [&'static str],
    towards: fn(Thing) -> Vec<Seer>,
}

impl Caller {
    /// Everything that the caller is towards a thing.
    pub(super) fn seers(&self, thing: Thing) -> Vec<Seer> {
        let mut seers = vec![Seer::Anyone];
        seers.extend(self.token.as_ref().map(|_| Seer::Known));
        seers.extend(self.scopes.iter().map(|&scope| Seer::Scope(scope.to_owned())));
        seers.extend((self.towards)(thing));
        seers
    }
}

fn nothing(_: Thing) -> Vec<Seer> {
    Vec::new()
}

fn portal(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Nothing) { Vec::new() } else { vec![Seer::Portal] }
}

fn vendor(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Nothing) { Vec::new() } else { vec![Seer::Vendor] }
}

/// An ENT that may not read its users knows its productions.
fn vendor_of_no_users(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Author | Thing::Pupil) { Vec::new() } else { vendor(thing) }
}

fn author(thing: Thing) -> Vec<Seer> {
    match thing {
        Thing::Production => vec![Seer::Participant, Seer::Staff, Seer::Member],
        Thing::Other => vec![Seer::Staff, Seer::Member],
        Thing::Author => vec![Seer::Oneself],
        Thing::Ecole => vec![Seer::OwnEstablishment],
        _ => Vec::new(),
    }
}

fn staff(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Production | Thing::Other) { vec![Seer::Staff, Seer::Member] } else { Vec::new() }
}

fn member(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Production | Thing::Other) { vec![Seer::Member] } else { Vec::new() }
}

/// A pupil of that year is of no establishment now, and still took part.
fn pupil(thing: Thing) -> Vec<Seer> {
    match thing {
        Thing::Production => vec![Seer::Participant],
        Thing::Pupil => vec![Seer::Oneself],
        _ => Vec::new(),
    }
}

pub(super) async fn callers(site: &Site, url: &str, scene: &Scene) -> Vec<Caller> {
    const READS_USERS: &[&str] = &["deployments:write", "productions:write", "users:read"];
    let issue = |arguments: &[&str]| Some(site.token(&[&["issue"], arguments].concat()));
    let demo = |client: &str| Some(site.token(&["demo", client]));
    let alienor = demo("editeur-alienor");
    let argos = demo("editeur-argos");
    let poitiers =
        issue(&["--client", "editeur-poitiers", "--project", "ent-college-poitiers", "--scope", "users:read"]);
    let person = async |client: &str, vendor: &Option<String>, account: &Account| {
        let query =
            "query ($system: String!, $value: String!) { userByIdentifier(system: $system, value: $value) { id } }";
        let variables = json!({ "system": account.system, "value": account.value });
        let answer = ask_as(url, vendor.as_deref(), query, variables).await;
        let id = answer["data"]["userByIdentifier"]["id"].as_str().unwrap_or_else(|| panic!("{account:?}: {answer:#}"));
        issue(&["--client", client, "--kind", "person", "--subject", id])
    };
    let caller = |name, token, scopes, towards| Caller { name, token, scopes, towards };
    let of_alienor = async |account| person("editeur-alienor", &alienor, account).await;
    let of_argos = async |account| person("editeur-argos", &argos, account).await;
    vec![
        caller("nobody known", None, &[], nothing),
        caller("an application without a perimeter", issue(&["--client", "a"]), &[], nothing),
        caller("the portal of Bordeaux", demo("portail-bordeaux"), &[], portal),
        caller("the portal of the région", demo("portail-region"), &[], portal),
        caller("the portal of Montpellier", issue(&["--client", "m", "--territory", "ACA-11"]), &[], nothing),
        caller("the vendor of Aliénor", alienor.clone(), READS_USERS, vendor),
        caller("a vendor of no users", issue(&["--client", "v", "--project", "alienor"]), &[], vendor_of_no_users),
        caller(
            "the vendor of Creuse",
            issue(&["--client", "c", "--project", "ent-creuse", "--scope", "users:read"]),
            &["users:read"],
            nothing,
        ),
        caller(
            "a statistician",
            issue(&["--client", "s", "--scope", "statistics:exact", "--territory", "ACA-04"]),
            &["statistics:exact"],
            portal,
        ),
        // Scopes reach as far as the perimeter.
        caller(
            "a statistician elsewhere",
            issue(&["--client", "e", "--scope", "statistics:exact", "--territory", "ACA-11"]),
            &[],
            nothing,
        ),
        caller("the author", of_alienor(&scene.author).await, &[], author),
        caller("the pupil", of_alienor(&scene.pupil).await, &[], pupil),
        caller("a colleague", of_argos(&scene.colleague).await, &[], staff),
        caller("a guardian", of_argos(&scene.guardian).await, &[], member),
        caller("a guardian who works elsewhere", of_argos(&scene.guardian_and_staff).await, &[], member),
        caller("somebody far", person("editeur-poitiers", &poitiers, &scene.far).await, &[], nothing),
    ]
}
