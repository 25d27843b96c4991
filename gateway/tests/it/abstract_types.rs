//! Interfaces and unions.

use serde_json::json;

use crate::harness::TestGateway;

#[tokio::test]
async fn a_union_answers_each_member_by_its_own_fields() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ shelf { __typename ... on Film { minutes } ... on Book { title } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"shelf": [{"__typename": "Film", "minutes": 160}, {"__typename": "Book", "title": "Essais"}]}})
    );
}
