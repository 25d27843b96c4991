//! Why nobody was logged in: a word for the log, and a page for the person. Neither holds anything that a provider or a browser sent.

use axum::http::StatusCode;

/// Why a login ended without a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No provider has this name.
    Provider,
    /// The provider sent back what no provider sends.
    Answer,
    /// No such attempt is under way: it was used, it is too old, or it never was.
    Attempt,
    /// Another browser began it.
    Browser,
    /// It was begun at another provider.
    Mixed,
    /// The person, or the provider, gave up.
    Denied,
    /// The provider did not take the code.
    Code,
    /// The token cannot be believed; by which of its parts, the word says.
    Token(&'static str),
    /// They are not authenticated as it is asked for here.
    Strength(&'static str),
    /// What the provider tells of the account is of another account.
    UserInfo,
    /// The provider cannot be reached, or answers nonsense.
    Away,
    /// Whoever keeps people does not let them in.
    Person(&'static str),
    /// Something of ours does not answer.
    Ourselves(&'static str),
}

impl Refusal {
    /// For the log.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Provider => "unknown_provider",
            Self::Answer => "bad_answer",
            Self::Attempt => "no_attempt",
            Self::Browser => "other_browser",
            Self::Mixed => "other_provider",
            Self::Denied => "denied_by_provider",
            Self::Code => "code_refused",
            Self::Token(part) | Self::Strength(part) | Self::Ourselves(part) => part,
            Self::UserInfo => "userinfo_subject",
            Self::Away => "provider_away",
            Self::Person(_) => "person_refused",
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Provider => StatusCode::NOT_FOUND,
            Self::Answer | Self::Attempt | Self::Browser | Self::Mixed | Self::Denied => StatusCode::BAD_REQUEST,
            Self::Strength(_) | Self::Person(_) => StatusCode::FORBIDDEN,
            Self::Code | Self::Token(_) | Self::UserInfo => StatusCode::BAD_GATEWAY,
            Self::Away | Self::Ourselves(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether it is worth trying the same again.
    pub(crate) const fn is_passing(self) -> bool {
        !matches!(self, Self::Provider | Self::Person(_))
    }

    /// For the person, in French.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Provider => "Ce service de connexion n’existe pas ici.",
            Self::Answer => "La réponse du service de connexion est incomplète.",
            Self::Attempt => "Cette connexion a déjà servi, ou elle a été commencée il y a plus de dix minutes.",
            Self::Browser => {
                "Cette connexion n’a pas été commencée dans ce navigateur, ou il refuse les cookies de ce site."
            }
            Self::Mixed => "La réponse vient d’un autre service de connexion que celui qui a été choisi.",
            Self::Denied => "Le service de connexion n’a pas confirmé la connexion, ou elle a été abandonnée.",
            Self::Code | Self::Token(_) | Self::UserInfo => {
                "La réponse du service de connexion n’a pas pu être vérifiée. Personne n’a été connecté."
            }
            Self::Strength(_) => {
                "Le service de connexion n’a pas vérifié l’identité comme il est demandé ici. \
                Reconnectez-vous en saisissant de nouveau vos identifiants."
            }
            Self::Away => "Le service de connexion ne répond pas pour le moment. Réessayez dans quelques instants.",
            Self::Person(why) => why,
            Self::Ourselves(_) => "La connexion n’est pas possible pour le moment. Réessayez dans quelques instants.",
        }
    }
}
