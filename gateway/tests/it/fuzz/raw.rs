//! Bytes on a connection, whatever comes back.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends `bytes` and reads until the server has done.
pub(super) async fn send(url: &str, bytes: &[u8]) -> Result<(), String> {
    let address = url.strip_prefix("http://").expect("a URL");
    let mut connection = TcpStream::connect(address).await.map_err(|error| format!("not connected: {error}"))?;
    // A server that has heard enough may hang up before it has heard all.
    if connection.write_all(bytes).await.is_err() || connection.shutdown().await.is_err() {
        return Ok(());
    }
    drop(connection.read_to_end(&mut Vec::new()).await);
    Ok(())
}
