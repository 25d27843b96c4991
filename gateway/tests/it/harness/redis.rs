//! The Redis that `TEST_REDIS_URL` names, under keys of one test's own, and a wire to it that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// Keys that no other test has.
pub(crate) struct SharedRedis {
    pub(crate) url: String,
    pub(crate) prefix: String,
    wire: watch::Sender<bool>,
    direct: redis::Client,
}

impl SharedRedis {
    #[expect(clippy::disallowed_methods, reason = "the test command hands the URL over in the environment")]
    pub(crate) async fn fresh() -> Self {
        let given = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL names the Redis that scripts/test starts");
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanos = since.map_or(0, |since| since.as_nanos());
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("test:{}:{number}:{nanos}", std::process::id());
        let (head, rest) = given.split_once('@').unwrap_or(("redis://", &given["redis://".len()..]));
        let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let at = if head.ends_with('/') { "" } else { "@" };
        let url = format!("{head}{at}{address}/{database}");
        let (wire, whole) = watch::channel(true);
        tokio::spawn(carry(listener, Arc::from(server), whole));
        Self { url, prefix, wire, direct: redis::Client::open(given.as_str()).expect("an address") }
    }

    /// Cuts the wire, or mends it.
    pub(crate) fn connect(&self, whole: bool) {
        self.wire.send_replace(whole);
    }

    /// A connection of the test's own.
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        self.direct.get_multiplexed_async_connection().await.expect("Redis answers")
    }

    /// All keys that are there, without the prefix.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let keys: Vec<String> = self.connection().await.keys(format!("{}:*", self.prefix)).await.expect("listed");
        let mut keys: Vec<String> = keys.iter().map(|key| key[self.prefix.len() + 1..].to_owned()).collect();
        keys.sort();
        keys
    }
}

/// Carries connections to the server as long as the wire is whole.
async fn carry(listener: TcpListener, server: Arc<str>, mut whole: watch::Receiver<bool>) {
    while let Ok((mut near, _)) = listener.accept().await {
        if !*whole.borrow_and_update() {
            continue;
        }
        let (server, mut whole) = (Arc::clone(&server), whole.clone());
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(&*server).await else { return };
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                _ = whole.wait_for(|whole| !whole) => {}
            }
        });
    }
}
