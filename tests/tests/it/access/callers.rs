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
    /// The pupil, as who answers for them finds them: their child.
    Child,
    /// The pupil, by the pseudonym that the vendor of Aliénor knows them by, and whoever comes by its pages.
    Named,
    /// The author, in the same way.
    NamedAuthor,
    /// Whoever asks.
    Me,
    /// What the pupil has and nobody else who asks.
    Own,
}

/// What the vendor of Aliénor calls two people.
pub(super) struct Pseudonyms {
    pub(super) pupil: String,
    pub(super) author: String,
}

pub(super) struct Caller {
    pub(super) name: &'static str,
    pub(super) token: Option<String>,
    pub(super) is_person: bool,
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
        seers.extend((self.is_person && thing == Thing::Me).then_some(Seer::Oneself));
        seers
    }
}

fn nothing(_: Thing) -> Vec<Seer> {
    Vec::new()
}

fn portal(thing: Thing) -> Vec<Seer> {
    use Thing::{Author, Ecole, Other, Production, Pupil};
    if matches!(thing, Production | Other | Author | Pupil | Ecole) { vec![Seer::Portal] } else { Vec::new() }
}

fn vendor(thing: Thing) -> Vec<Seer> {
    use Thing::{Author, Ecole, Named, NamedAuthor, Other, Production, Pupil};
    let reached = matches!(thing, Production | Other | Author | Pupil | Ecole | Named | NamedAuthor);
    if reached { vec![Seer::Vendor] } else { Vec::new() }
}

/// An ENT that may not read its users knows its productions.
fn vendor_of_no_users(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Production | Thing::Other | Thing::Ecole) { vendor(thing) } else { Vec::new() }
}

fn author(thing: Thing) -> Vec<Seer> {
    match thing {
        Thing::Production => vec![Seer::Participant, Seer::Staff, Seer::Member],
        Thing::Other => vec![Seer::Staff, Seer::Member],
        Thing::Author | Thing::NamedAuthor => vec![Seer::Oneself],
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
        Thing::Pupil | Thing::Named | Thing::Own => vec![Seer::Oneself],
        _ => Vec::new(),
    }
}

/// Another école's member too. Productions know nothing of who answers for whom.
fn guardian_of_the_pupil(thing: Thing) -> Vec<Seer> {
    if matches!(thing, Thing::Child | Thing::Named) { vec![Seer::Guardian] } else { member(thing) }
}

fn head(thing: Thing) -> Vec<Seer> {
    match thing {
        Thing::Named | Thing::NamedAuthor => vec![Seer::Head],
        Thing::Ecole => vec![Seer::OwnEstablishment],
        _ => staff(thing),
    }
}

/// Of the staff of a circonscription, and of nobody's pupils.
fn inspector(thing: Thing) -> Vec<Seer> {
    if thing == Thing::NamedAuthor { vec![Seer::Inspector] } else { staff(thing) }
}

fn administrator(_: Thing) -> Vec<Seer> {
    vec![Seer::Administrator]
}

/// What a vendor calls the person of one of its accounts.
async fn pseudonym(url: &str, vendor: Option<&String>, account: &Account) -> String {
    let query = "query ($system: String!, $value: String!) { userByIdentifier(system: $system, value: $value) { id } }";
    let variables = json!({ "system": account.system, "value": account.value });
    let answer = ask_as(url, vendor.map(String::as_str), query, variables).await;
    let id = answer["data"]["userByIdentifier"]["id"].as_str().unwrap_or_else(|| panic!("{account:?}: {answer:#}"));
    id.to_owned()
}

pub(super) async fn callers(site: &Site, url: &str, scene: &Scene) -> (Vec<Caller>, Pseudonyms) {
    const READS_USERS: &[&str] = &["deployments:write", "productions:write", "users:read"];
    let issue = |arguments: &[&str]| Some(site.token(&[&["issue"], arguments].concat()));
    let demo = |client: &str| Some(site.token(&["demo", client]));
    let alienor = demo("editeur-alienor");
    let argos = demo("editeur-argos");
    let poitiers =
        issue(&["--client", "editeur-poitiers", "--project", "ent-college-poitiers", "--scope", "users:read"]);
    // The installation's own pages are a client like others; it is one that reads users here so that it can be asked whom it calls what.
    let own_pages = issue(&["--client", "passerelle", "--project", "ent-college-poitiers", "--scope", "users:read"]);
    let person = async |client: &str, vendor: &Option<String>, account: &Account| {
        let id = pseudonym(url, vendor.as_ref(), account).await;
        issue(&["--client", client, "--kind", "person", "--subject", &id])
    };
    let caller = |name, token, scopes, towards| Caller { name, token, is_person: false, scopes, towards };
    let human = |name, token, towards| Caller { name, token, is_person: true, scopes: &[], towards };
    let of_alienor = async |account| person("editeur-alienor", &alienor, account).await;
    let of_argos = async |account| person("editeur-argos", &argos, account).await;
    let pseudonyms = Pseudonyms {
        pupil: pseudonym(url, alienor.as_ref(), &scene.pupil).await,
        author: pseudonym(url, alienor.as_ref(), &scene.author).await,
    };
    let callers = vec![
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
        human("the author", of_alienor(&scene.author).await, author),
        human("the pupil", of_alienor(&scene.pupil).await, pupil),
        human("a colleague", of_argos(&scene.colleague).await, staff),
        human("a guardian", of_argos(&scene.guardian).await, member),
        human("a guardian who works elsewhere", of_argos(&scene.guardian_and_staff).await, member),
        human("somebody far", person("editeur-poitiers", &poitiers, &scene.far).await, nothing),
        human("the pupil's guardian", of_alienor(&scene.guardian_of_the_pupil).await, guardian_of_the_pupil),
        human("the head of the école", of_alienor(&scene.head).await, head),
        human("the inspector of the circonscription", of_alienor(&scene.inspector).await, inspector),
        human(
            "who administers the installation",
            person("passerelle", &own_pages, &scene.administrator).await,
            administrator,
        ),
        // No other client may do it in their name.
        human(
            "who administers, by a vendor's pages",
            person("editeur-poitiers", &poitiers, &scene.administrator).await,
            nothing,
        ),
    ];
    (callers, pseudonyms)
}
