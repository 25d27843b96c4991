//! Sessions that end while a request is answered are told in the answer's head, for the gateway that it goes through: it remembers
//! who has a session for a while, and takes the header off.

use std::cell::RefCell;

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use service_kit::session::ENDED_HEADER;

tokio::task_local! {
    static ENDED: RefCell<Vec<String>>;
}

/// Notes a session's hash for the answer that is being made, if one is.
pub(crate) fn note(hash: &str) {
    // Sessions end by the API, too, where there is no such answer.
    ENDED.try_with(|ended| ended.borrow_mut().push(hash.to_owned())).unwrap_or_default();
}

/// Answers, and tells which sessions ended meanwhile.
pub(crate) async fn tell(request: Request, next: Next) -> Response {
    let answering = async {
        let response = next.run(request).await;
        (response, ENDED.with(RefCell::take))
    };
    let (mut response, ended) = ENDED.scope(RefCell::default(), answering).await;
    if let Ok(told) = HeaderValue::from_str(&ended.join(", "))
        && !ended.is_empty()
    {
        response.headers_mut().insert(ENDED_HEADER, told);
    }
    response
}
