//! `passerelle schema`: what this binary holds, and whether it is what its code says.

use std::process::ExitCode;
use std::time::Duration;

use gateway::Supergraph;

use crate::cli::{SchemaCommand, WhichSchema};
use crate::house::SUPERGRAPH;
use crate::say;

/// The subgraph SDLs as they were composed.
const COMPOSED: [(&str, &str); 4] = [
    (establishments::NAME, include_str!("../../../../schema/establishments.graphql")),
    (users::NAME, include_str!("../../../../schema/users.graphql")),
    (productions::NAME, include_str!("../../../../schema/productions.graphql")),
    (activation::NAME, include_str!("../../../../schema/activation.graphql")),
];

/// Prints or checks.
pub(super) fn run(command: &SchemaCommand) -> anyhow::Result<ExitCode> {
    match command {
        SchemaCommand::Print { which } => {
            let text = match which {
                WhichSchema::Public => Supergraph::load(SUPERGRAPH, 0, Duration::ZERO)?.public_sdl().to_owned(),
                WhichSchema::Supergraph => SUPERGRAPH.to_owned(),
                WhichSchema::Establishments => establishments::sdl(),
                WhichSchema::Users => users::sdl(),
                WhichSchema::Productions => productions::sdl(),
                WhichSchema::Activation => activation::sdl(),
            };
            say::answer(text.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        SchemaCommand::Check => {
            let code = [
                (establishments::NAME, establishments::sdl()),
                (users::NAME, users::sdl()),
                (productions::NAME, productions::sdl()),
                (activation::NAME, activation::sdl()),
            ];
            let mut same = true;
            for ((name, sdl), (_, composed)) in code.iter().zip(COMPOSED) {
                if sdl != composed {
                    same = false;
                    say::problem(&format!(
                        "the supergraph was composed from another schema of {name}: run cargo xtask schema"
                    ));
                }
            }
            Supergraph::load(SUPERGRAPH, 0, Duration::ZERO)?;
            if same {
                say::answer("the composed supergraph is that of the code");
            }
            Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
