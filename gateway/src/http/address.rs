//! The address that a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::config::Network;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// Proxies that are followed at most.
const MAX_HOPS: usize = 16;

/// The address of the client: the peer's, or, where that is a proxy of ours, the last one in `X-Forwarded-For` that is none.
/// What others write in that header is not believed.
pub(super) fn client_address(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let mut address = peer?.ip().to_canonical();
    let is_ours = |address: IpAddr| proxies.iter().any(|network| network.holds(address));
    if !is_ours(address) {
        return Some(address);
    }
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    let hops = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    for hop in hops.take(MAX_HOPS) {
        let Some(before) = parse(hop.trim()) else { break };
        address = before;
        if !is_ours(address) {
            break;
        }
    }
    Some(address)
}

/// An address, with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(with_port).or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().expect("a header"));
        }
        let network = |text: &&str| Network::try_from((*text).to_owned()).expect("a network");
        let proxies: Vec<Network> = proxies.iter().map(network).collect();
        client_address(Some(peer.parse().expect("an address")), &headers, &proxies).expect("one").to_string()
    }

    #[test]
    fn who_is_no_proxy_of_ours_is_not_believed() {
        assert_eq!(address("192.0.2.1:5", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(address("192.0.2.1:5", &["198.51.100.7"], &["10.0.0.0/8"]), "192.0.2.1");
    }

    #[test]
    fn the_last_address_before_ours() {
        let proxies = ["10.0.0.0/8", "2001:db8::1"];
        assert_eq!(address("10.0.0.1:5", &["198.51.100.7"], &proxies), "198.51.100.7");
        assert_eq!(address("10.0.0.1:5", &["1.1.1.1, 198.51.100.7, 10.2.0.1"], &proxies), "198.51.100.7");
        assert_eq!(address("10.0.0.1:5", &["1.1.1.1", "198.51.100.7:80", "10.2.0.1"], &proxies), "198.51.100.7");
        assert_eq!(address("[2001:db8::1]:5", &["[2001:db8::9]:443"], &proxies), "2001:db8::9");
        assert_eq!(address("[::ffff:10.0.0.1]:5", &["2001:db8::9"], &proxies), "2001:db8::9");
    }

    #[test]
    fn where_the_header_says_nothing_it_is_the_proxy() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(address("10.0.0.1:5", &[], &proxies), "10.0.0.1");
        assert_eq!(address("10.0.0.1:5", &["unknown"], &proxies), "10.0.0.1");
        assert_eq!(address("10.0.0.1:5", &["198.51.100.7, unknown, 10.0.0.2"], &proxies), "10.0.0.2");
        let many = vec!["10.0.0.2"; 50].join(",");
        assert_eq!(address("10.0.0.1:5", &[&format!("198.51.100.7,{many}")], &proxies), "10.0.0.2");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let told = Network::try_from("10.0.0.0/40".to_owned()).expect_err("none");
        assert_eq!(told, "\"10.0.0.0/40\" is no network; write an address, or a network such as 10.0.0.0/8");
    }
}
