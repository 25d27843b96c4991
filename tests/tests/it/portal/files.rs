//! Downloads: the stable link asks who comes, and redirects to one that is good for five minutes.

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::Listed;

/// Fetches the exports of some productions, and tries what must be refused.
pub(super) async fn fetched(url: &str, token: &str, listed: &Listed) {
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let get = async |path: &str, token: Option<&str>| -> Response {
        let mut request = client.get(format!("{url}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("an answer")
    };
    for export in listed.nodes.iter().step_by(40).filter_map(|node| node["exports"].as_array()).flatten() {
        let stable = export["url"].as_str().expect("a link");
        let redirected = get(stable, Some(token)).await;
        assert_eq!((redirected.status().as_u16(), header(&redirected, "cache-control")), (307, "no-store".to_owned()));
        let signed = header(&redirected, "location");
        // Where the installation knows its address, the link is a whole one.
        let signed = signed.strip_prefix(url).unwrap_or(&signed);
        assert!(signed.starts_with("/files/contents/") && signed.contains("signature="), "{signed}");
        let file = get(signed, None).await;
        assert_eq!(file.status().as_u16(), 200);
        assert_eq!(Value::from(header(&file, "content-type")), export["mediaType"]);
        assert!(header(&file, "content-disposition").starts_with("attachment;"));
        assert_eq!(header(&file, "x-content-type-options"), "nosniff");
        let etag = header(&file, "etag");
        let bytes = file.bytes().await.expect("the whole file");
        assert_eq!(Value::from(bytes.len()), export["size"]);
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(etag, format!("\"{digest}\""));
        let altered = signed.replace("expires=", "expires=9");
        assert_eq!(get(&altered, Some(token)).await.status().as_u16(), 403, "a link cannot be prolonged");
    }
    let shared =
        listed.nodes.iter().find(|node| node["audience"] == "TERRITORY_STAFF").expect("one of the territory's");
    let stable = shared["exports"][0]["url"].as_str().expect("a link");
    assert_eq!(get(stable, None).await.status().as_u16(), 401, "somebody known might have it");
    let public = listed.nodes.iter().find(|node| node["audience"] == "PUBLIC").expect("a public one");
    let open = public["exports"][0]["url"].as_str().expect("a link");
    assert_eq!(get(open, None).await.status().as_u16(), 307);
    for (stable, token) in [(stable, Some(token)), (open, None)] {
        let known = get(&format!("{stable}x"), token).await;
        assert_eq!(known.status().as_u16(), 404, "no such format");
    }
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
