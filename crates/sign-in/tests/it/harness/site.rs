//! An installation with its pages, on a free port, and the people whom it knows.

use std::sync::{Arc, Mutex};

use feed::FeedPerson;
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::Clock;
use reqwest::Url;
use sign_in::{
    Deps, MemorySessions, People, ProviderConfig, Session, Sessions, SessionsConfig, SignIn, SignInConfig,
    Unrecognised, session_hash,
};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::log::Log;
use super::{Browser, Page, Rogue};

/// The cookie of sessions.
const COOKIE: &str = "__Host-passerelle";

/// An address where nothing is served yet.
pub(crate) struct Site {
    listener: TcpListener,
    pub(crate) base: String,
}

pub(crate) struct House {
    pub(crate) base: String,
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) people: Arc<Register>,
    ended: Arc<Mutex<Vec<String>>>,
    log: Log,
}

/// Everybody is somebody, but for the subjects `stranger` and `unlucky`.
#[derive(Default)]
pub(crate) struct Register(Mutex<Vec<(String, FeedPerson)>>);

impl Site {
    pub(crate) async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        Self { listener, base }
    }

    pub(crate) fn open(self, providers: Vec<ProviderConfig>) -> House {
        let store = Arc::new(MemorySessions::new(&SessionsConfig::default()));
        self.open_over(providers, store)
    }

    pub(crate) fn open_over(self, providers: Vec<ProviderConfig>, sessions: Arc<dyn Sessions>) -> House {
        let log = Log::begin();
        let (people, ended) = (Arc::<Register>::default(), Arc::<Mutex<Vec<String>>>::default());
        let told = Arc::clone(&ended);
        let deps = Deps {
            people: Arc::clone(&people) as Arc<dyn People>,
            sessions,
            ended: Arc::new(move |hash| told.lock().expect("no panic happens under this lock").push(hash.to_owned())),
            clock: Clock::System,
        };
        let config = SignInConfig { public_url: self.base.clone(), providers, sessions: SessionsConfig::default() };
        let sign_in = SignIn::new(config, deps).expect("it can be set up");
        let (listener, router) = (self.listener, sign_in.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        House { base: self.base, sign_in, people, ended, log }
    }
}

impl House {
    /// One that knows a provider under the name `op`.
    pub(crate) async fn beside(rogue: &Rogue) -> Self {
        Site::bind().await.open(vec![rogue.config("op")])
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Begins to log in; gives the address at the provider.
    pub(crate) async fn begin(&self, browser: &mut Browser, provider: &str) -> Url {
        let page = browser.get(self.url(&format!("/auth/login?provider={provider}&return_to=/after"))).await;
        assert_eq!(page.status, 302, "{}", page.text);
        page.location().expect("it leads to the provider")
    }

    /// Comes back from a provider that told these parameters.
    pub(crate) async fn come_back(&self, browser: &mut Browser, provider: &str, told: &[(&str, &str)]) -> Page {
        let url = Url::parse_with_params(&self.url(&format!("/auth/callback/{provider}")), told).expect("an address");
        browser.get(url).await
    }

    /// Logs in at a rogue provider that is known as `op` and answers honestly.
    pub(crate) async fn log_in(&self, browser: &mut Browser, rogue: &Rogue) -> Page {
        let url = self.begin(browser, "op").await;
        rogue.honest(&url);
        let page = self.come_back(browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        assert_eq!(page.status, 303, "{}\n{}", page.text, self.log.text());
        page
    }

    /// The cookie of a browser's session.
    pub(crate) fn cookie<'a>(&self, browser: &'a Browser) -> Option<&'a str> {
        browser.cookie(&self.base, COOKIE)
    }

    /// A browser's session, as the gateway finds it.
    pub(crate) async fn session(&self, browser: &Browser) -> Option<Session> {
        let hash = session_hash(self.cookie(browser)?);
        self.sign_in.session(&hash).await.expect("the store answers")
    }

    /// Nobody was let in, for this reason.
    pub(crate) async fn refuses(&self, browser: &Browser, page: &Page, status: u16, reason: &str) {
        let log = self.log();
        let last = log.lines().rfind(|line| line.contains("a login ")).unwrap_or_default();
        assert!(last.contains(&format!("reason=\"{reason}\"")), "{reason}: {last}");
        assert_eq!(page.status, status, "{reason}: {}", page.text);
        assert!(page.cookies().iter().all(|cookie| !cookie.starts_with("__Host-passerelle=")), "{reason}: a session");
        assert!(self.session(browser).await.is_none(), "{reason}: a session");
        assert!(page.text.contains("<html lang=\"fr\">"), "{reason}: {}", page.text);
    }

    /// The hashes of sessions that were said to have ended.
    pub(crate) fn ended(&self) -> Vec<String> {
        self.ended.lock().expect("no panic happens under this lock").clone()
    }

    pub(crate) fn log(&self) -> String {
        self.log.text()
    }
}

impl Register {
    /// Who was asked for, from the first: the provider, and what it told.
    pub(crate) fn asked(&self) -> Vec<(String, FeedPerson)> {
        self.0.lock().expect("no panic happens under this lock").clone()
    }

    /// Who an account is.
    pub(crate) fn id(provider: &str, subject: &str) -> Uuid {
        let mut bytes = [0; 16];
        for (at, byte) in provider.bytes().chain(*b"/").chain(subject.bytes()).enumerate() {
            bytes[at % 16] ^= byte.rotate_left(u32::try_from(at / 16).unwrap_or(0));
        }
        Uuid::from_bytes(bytes)
    }
}

impl People for Register {
    fn recognise(
        &self,
        provider: &str,
        subject: &str,
        person: FeedPerson,
    ) -> BoxFuture<'_, Result<Uuid, Unrecognised>> {
        self.0.lock().expect("no panic happens under this lock").push((provider.to_owned(), person));
        let known = match subject {
            "stranger" => Err(Unrecognised::Refused("Votre compte n’est pas connu <ici>.")),
            "unlucky" => Err(Unrecognised::Failed),
            _ => Ok(Self::id(provider, subject)),
        };
        async move { known }.boxed()
    }
}

/// The state of an address at a provider.
pub(crate) fn state(url: &Url) -> String {
    use super::Parameter;
    url.parameter("state").expect("a state")
}
