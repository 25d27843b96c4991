//! Making a production: who may, what trying again does, in which order participants stand.

use std::collections::BTreeSet;

use db::testing::Backend;
use productions::{Audience, ChangeError, Contributor, Kind, NewContent, NewProduction, Role};
use rstest::rstest;
use serde_json::json;
use uuid::Uuid;

use crate::house::{CLOCK, ECOLE, House, YEAR, application};

fn by(person_id: Uuid, role: Role) -> Contributor {
    Contributor { person_id, uai: ECOLE.parse().expect("a UAI"), role }
}

fn content(text: &str) -> NewContent {
    NewContent { format: "html".to_owned(), media_type: "text/html".to_owned(), bytes: text.as_bytes().to_vec() }
}

fn blog(id: Uuid, author: Contributor) -> NewProduction {
    NewProduction {
        id,
        title: "Classe dehors".to_owned(),
        summary: None,
        kind: Kind::Blog,
        licence: None,
        school_year: YEAR.parse().expect("a year"),
        author,
    }
}

#[rstest]
#[tokio::test]
async fn trying_again_changes_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let new = blog(Uuid::now_v7(), by(house.teacher, Role::Manage));
    for _ in 0..2 {
        productions::create(&house.store, &CLOCK, &new).await.expect("there");
    }
    let other = NewProduction { title: "Another".to_owned(), ..new.clone() };
    let refused = productions::create(&house.store, &CLOCK, &other).await;
    assert!(matches!(refused, Err(ChangeError::State(_))), "{refused:?}");
    let save = async |text: &str| {
        let by = (new.id, house.teacher);
        productions::save_version(&house.store, &house.content, &CLOCK, by, &[content(text)]).await.expect("saved")
    };
    assert_eq!((save("one").await, save("one").await), (1, 1));
    assert_eq!((save("two").await, save("one").await), (2, 3), "a former version may come back");
}

#[rstest]
#[tokio::test]
async fn who_only_reads_saves_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let new = blog(Uuid::now_v7(), by(house.teacher, Role::Manage));
    productions::create(&house.store, &CLOCK, &new).await.expect("made");
    let joining = [by(house.cm2[0], Role::Read), by(house.cm2[1], Role::Comment), by(house.cm2[2], Role::Contribute)];
    productions::contribute(&house.store, &CLOCK, new.id, &joining).await.expect("joined");
    for (pupil, may) in [(house.cm2[0], false), (house.cm2[1], false), (house.cm2[2], true), (house.spare, false)] {
        let by = (new.id, pupil);
        let saved = productions::save_version(&house.store, &house.content, &CLOCK, by, &[content("x")]).await;
        assert_eq!(saved.is_ok(), may, "{saved:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_number_says_nothing_of_another_production(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    house.subgraph.by(application("editeur", None, Some("alienor"), &["users:read"]));
    let mut orders = BTreeSet::new();
    for number in 0..6 {
        let id = house.shared(&format!("N{number}"), Audience::TerritoryStaff).await;
        let query = format!("{{ production(id: \"{id}\") {{ participants {{ label user {{ personId }} }} }} }}");
        let answer = house.subgraph.ask(&query, json!({})).await;
        let participants = answer["data"]["production"]["participants"].as_array().expect("participants").clone();
        let pupils: Vec<String> = participants
            .iter()
            .filter(|one| one["label"].as_str().is_some_and(|label| label.starts_with("Élève")))
            .map(|one| one["user"]["personId"].to_string())
            .collect();
        assert_eq!(pupils.len(), 9);
        orders.insert(pupils);
    }
    // Of 720 orders of the école's six: that all are alike is no chance.
    assert!(orders.len() > 2, "{orders:?}");
}
