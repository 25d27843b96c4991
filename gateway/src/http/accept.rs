//! `Accept`: which of the media types that are served a client likes best (RFC 9110, 12.5.1).

use axum::http::{HeaderMap, header};
use mediatype::{MediaType, MediaTypeList, ReadParams, names};

use super::content::is_utf_8;

/// How a range names a media type; the narrower one decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// `*/*`
    Any,
    /// `application/*`
    Kind,
    /// `application/json`
    Name,
}

/// What the client thinks of one media type.
#[derive(Clone, Copy)]
struct Liking {
    fit: Fit,
    /// From 0, not at all, to 1.
    weight: f32,
    /// The range's place in the header, from 0.
    place: usize,
}

/// The one of `offered` that the client likes best; none where it accepts none, and the first where it does not say.
///
/// Of two that weigh the same the one that was named wins over the one that a wildcard brought in, then the one that stands first in
/// the header, then the one that is offered first. A range that cannot be read, or asks for another charset than UTF-8, brings in
/// nothing.
pub(super) fn best(headers: &HeaderMap, offered: &[&'static str]) -> Option<&'static str> {
    let given = || headers.get_all(header::ACCEPT).iter();
    if given().all(|value| value.as_bytes().trim_ascii().is_empty()) {
        return offered.first().copied();
    }
    let ranges = given().filter_map(|value| value.to_str().ok()).flat_map(MediaTypeList::new).filter_map(Result::ok);
    let ranges: Vec<_> = ranges.filter(is_utf_8).collect();
    let liked = offered.iter().filter_map(|&offer| Some((offer, liking(&ranges, offer)?)));
    // Of several that are the same, the last is taken.
    let best = liked
        .rev()
        .max_by(|(_, a), (_, b)| a.weight.total_cmp(&b.weight).then(a.fit.cmp(&b.fit)).then(b.place.cmp(&a.place)));
    best.map(|(offer, _)| offer)
}

/// What the narrowest range that fits says; none where it refuses, or no range fits.
fn liking(ranges: &[MediaType<'_>], offer: &str) -> Option<Liking> {
    let offer = MediaType::parse(offer).expect("what is served has a media type");
    let fitting = ranges
        .iter()
        .enumerate()
        .filter_map(|(place, range)| Some(Liking { fit: fit(range, &offer)?, weight: weight(range)?, place }));
    let narrowest = fitting.rev().max_by(|a, b| a.fit.cmp(&b.fit).then(a.weight.total_cmp(&b.weight)));
    narrowest.filter(|liking| liking.weight > 0.0)
}

fn fit(range: &MediaType<'_>, offer: &MediaType<'_>) -> Option<Fit> {
    if range.essence() == offer.essence() {
        return Some(Fit::Name);
    }
    let any = range.subty == names::_STAR && range.suffix.is_none();
    match any {
        true if range.ty == offer.ty => Some(Fit::Kind),
        true if range.ty == names::_STAR => Some(Fit::Any),
        _ => None,
    }
}

/// The range's `q`; none where it is no weight.
fn weight(range: &MediaType<'_>) -> Option<f32> {
    let Some(given) = range.get_param(names::Q) else { return Some(1.0) };
    given.as_str().parse().ok().filter(|weight| (0.0..=1.0).contains(weight))
}
