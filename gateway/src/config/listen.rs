//! Addresses to listen on.

/// Refuses what no listener can be bound to.
///
/// # Errors
/// A sentence that names `key`.
pub(super) fn check(key: &str, address: &str) -> Result<(), String> {
    let parts = address.rsplit_once(':').filter(|(host, port)| is_host(host) && port.parse::<u16>().is_ok());
    match parts {
        Some(_) => Ok(()),
        None => {
            Err(format!("{key}: write HOST:PORT, such as 127.0.0.1:4000, [::1]:4000 or 0.0.0.0:0; got {address:?}"))
        }
    }
}

/// An address, or a name of this machine; that of version 6 in brackets, since its colons are not the port's.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn host_and_port() {
        for good in ["127.0.0.1:4000", "0.0.0.0:0", "[::]:80", "localhost:4000"] {
            assert_eq!(check("gateway.listen", good), Ok(()), "{good}");
        }
        for bad in
            ["", "4000", ":4000", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "http://h:80", "a b:1"]
        {
            let refused = check("gateway.listen", bad).expect_err(bad);
            assert!(refused.starts_with("gateway.listen: write HOST:PORT"), "{refused}");
        }
    }
}
