//! x
use crate::harness::people_schema;
#[tokio::test]
async fn scratch() {
    let r = people_schema().execute("{ _entities(representations: [{__typename:\"Person\",id:\"p1\"},{__typename:\"Person\",id:\"p2\"}]) { ... on Person { p0_tel: phone mentor { phone } } } }").await;
    println!("{}", serde_json::to_string(&r).unwrap());
    let r = people_schema().execute("{ _entities(representations: [{__typename:\"Person\",id:\"p1\"},{__typename:\"Person\",id:\"p9\"}]) { ... on Person { p0_tel: phone } } }").await;
    println!("{}", serde_json::to_string(&r).unwrap());
}
