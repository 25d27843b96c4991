//! Where a request stands in a trace, as its headers say it (W3C Trace Context): taken from who asks, handed on to who is asked.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
/// Bytes of what others' tracers add; more is not handed on.
const MAX_STATE: usize = 512;

/// The headers of a trace; empty where a request comes with none that is well-formed.
#[derive(Clone, Debug, Default)]
pub struct TraceContext {
    parent: Option<(HeaderValue, SpanContext)>,
    state: Vec<HeaderValue>,
}

impl TraceContext {
    /// What a request's headers say.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all(TRACEPARENT).iter();
        let (Some(parent), None) = (given.next(), given.next()) else { return Self::default() };
        let read = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        let context = read.span().span_context().clone();
        if !context.is_valid() {
            return Self::default();
        }
        let state: Vec<HeaderValue> = headers.get_all(TRACESTATE).iter().cloned().collect();
        let short = state.iter().map(HeaderValue::len).sum::<usize>() <= MAX_STATE;
        Self { parent: Some((parent.clone(), context)), state: if short { state } else { Vec::new() } }
    }

    /// Makes `span`, which must not have begun, the child of who asked.
    pub fn adopt(&self, span: &Span) {
        if let Some((_, context)) = &self.parent {
            // Without traces the span knows no parent, and needs none.
            drop(span.set_parent(opentelemetry::Context::new().with_remote_span_context(context.clone())));
        }
    }

    /// Writes the headers of a call that is made in `span`: the span's own where traces are made, else those that came.
    pub fn hand_on(&self, span: &Span, headers: &mut HeaderMap) {
        headers.remove(TRACEPARENT);
        headers.remove(TRACESTATE);
        let context = span.context();
        if context.span().span_context().is_valid() {
            TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(headers));
            return;
        }
        if let Some((parent, _)) = &self.parent {
            headers.insert(TRACEPARENT, parent.clone());
            for state in &self.state {
                headers.append(TRACESTATE, state.clone());
            }
        }
    }

    /// The id of the trace that `span` belongs to, or else that which came.
    pub fn id(&self, span: &Span) -> Option<String> {
        let context = span.context();
        let own = context.span().span_context().clone();
        let found = if own.is_valid() { Some(&own) } else { self.parent.as_ref().map(|(_, context)| context) };
        found.map(|context| context.trace_id().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn handed_on(given: &[(&'static str, &str)]) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"));
        }
        let mut onward = HeaderMap::new();
        TraceContext::of(&headers).hand_on(&Span::none(), &mut onward);
        onward.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned())).collect()
    }

    #[test]
    fn without_traces_of_our_own_what_came_is_handed_on() {
        let expected = [("traceparent", PARENT), ("tracestate", "a=1,b=2")];
        assert_eq!(handed_on(&expected), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let long = format!("a={}", "x".repeat(600));
        assert_eq!(handed_on(&[("traceparent", PARENT), ("tracestate", &long)]).len(), 1);
    }

    #[test]
    fn what_is_no_trace_is_not() {
        for bad in [
            "",
            "00",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            &format!("{PARENT}-x"),
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(handed_on(&[("traceparent", bad), ("tracestate", "a=1")]), [], "{bad}");
        }
        assert_eq!(handed_on(&[("traceparent", PARENT), ("traceparent", PARENT)]), []);
        assert_eq!(handed_on(&[("tracestate", "a=1")]), []);
    }
}
