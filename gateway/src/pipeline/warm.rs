//! Operations in use, prepared for a supergraph that is about to be served: a swap then makes nobody wait for a plan.

use std::time::Duration;

use apollo_compiler::response::JsonMap;
use kernel::Principal;
use tokio::time::Instant;

use super::cache::Variant;
use super::plan::plan_all;
use super::prepare;
use crate::access::Unmet;
use crate::config::GatewayConfig;
use crate::supergraph::{Drawn, Supergraph};

/// How long this may take: whoever serves a new supergraph waits for it.
const AT_MOST: Duration = Duration::from_secs(10);

/// Prepares for `new` what `old` has prepared and `new` can answer, for callers of whom nothing is known and for those who may see
/// everything. Back comes how many operations that are.
pub(crate) fn warm(config: &GatewayConfig, old: &Supergraph, new: &Supergraph) -> usize {
    let end = Instant::now() + AT_MOST;
    let mut warmed = 0;
    for (text, mut ways) in old.prepared.kept() {
        if Instant::now() > end {
            break;
        }
        // What the new one cannot answer is told to whoever asks for it next.
        let read = prepare::parse(new, config, new.prepared.id(), &text.0, text.1.as_deref());
        let Ok(parsed) = read else { continue };
        let parsed = new.prepared.keep(text, parsed);
        let unknown = new.rules.unmet(&parsed.touched, &Principal::anonymous(), &config.policies);
        if ways.is_empty() {
            ways.push(parsed.conditions.decided(&JsonMap::new()));
        }
        for decided in ways {
            for unmet in [Unmet::default(), unknown.clone()] {
                if Instant::now() > end {
                    return warmed;
                }
                let variant = Variant { unmet, drawn: Drawn::default(), decided: decided.clone() };
                if let Ok(prepared) = plan_all(new, config, &parsed, variant.clone()) {
                    new.prepared.keep_plan(&parsed, variant, prepared);
                }
            }
        }
        warmed += 1;
    }
    warmed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const OLD: &str = include_str!("../../tests/fixtures/smaller.graphql");
    const NEW: &str = include_str!("../../tests/fixtures/supergraph.graphql");

    fn load(text: &str) -> Supergraph {
        Supergraph::load(text, 1 << 20, Duration::MAX).expect("a supergraph")
    }

    #[test]
    fn what_was_in_use_is_prepared_and_what_cannot_be_is_left_out() {
        let (config, old, new) = (GatewayConfig::default(), load(NEW), load(OLD));
        for text in ["{ people { id } }", "{ best { stars } }", "query A { __typename } query B { people { id } }"] {
            let name = text.starts_with("query").then(|| Arc::from("B"));
            let parsed = prepare::parse(&old, &config, old.prepared.id(), text, name.as_deref()).expect("a document");
            old.prepared.keep((Arc::from(text), name), parsed);
        }
        assert_eq!(warm(&config, &old, &new), 2, "the new one has no best");
        let mut kept: Vec<String> = new.prepared.kept().into_iter().map(|((text, _), _)| text.to_string()).collect();
        kept.sort();
        assert_eq!(kept, ["query A { __typename } query B { people { id } }", "{ people { id } }"]);
    }
}
