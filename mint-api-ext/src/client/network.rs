//! The hosts that files may be fetched from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The hosts that files may be fetched from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Network {
    /// Public hosts, over https.
    Public,
    /// Public hosts over https; this machine over https or http.
    AlsoThisMachine,
    /// Public hosts over https; this machine and private addresses over https or http.
    AlsoPrivate,
}

impl Network {
    /// Checks whether a URL may be fetched. The error says why not.
    pub(super) fn admits(self, url: &Url) -> Result<(), &'static str> {
        if url.host().is_none() {
            return Err("it names no host");
        }
        if mint_api::is_loopback(url) {
            return match self {
                Self::AlsoThisMachine | Self::AlsoPrivate => Ok(()),
                Self::Public => Err("it is on this machine, which is only taken when the API is, too"),
            };
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(address.to_canonical()),
            _ => None,
        };
        let private = address.is_some_and(|address| !is_public(address));
        if private && self == Self::AlsoPrivate && matches!(url.scheme(), "http" | "https") {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err("it is not https");
        }
        if private {
            return Err("it is a private address; `allow_local_network` takes files from there");
        }
        Ok(())
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_documentation()
                || first == 0
                || first >= 224
                || shared)
        }
        IpAddr::V6(address) => match (embedded(address), address.segments()) {
            (Some(inner), _) => is_public(IpAddr::V4(inner)),
            // Unspecified, loopback, discard-only, and the obsolete forms of IPv4 addresses.
            (None, [0 | 0x100, ..]) => false,
            // Site-local addresses, which are deprecated (RFC 3879).
            (None, [first, ..]) if first & 0xffc0 == 0xfec0 => false,
            _ => !(address.is_unique_local() || address.is_unicast_link_local() || address.is_multicast()),
        },
    }
}

/// The IPv4 address inside an IPv6 address, which a NAT64 (RFC 6052) or 6to4 (RFC 3056) gateway connects to.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_may_be_fetched() {
        use Network::{AlsoThisMachine, Public};
        for (url, public, also_local) in [
            ("https://cdn.mint.gg/a.glb", true, true),
            ("http://cdn.mint.gg/a.glb", false, false),
            ("http://127.0.0.1:80/a", false, true),
            ("https://127.0.0.1/a", false, true),
            ("http://[::1]/a", false, true),
            ("http://cdn.localhost/a", false, true),
            ("https://10.0.0.1/a", false, false),
            ("https://192.168.1.1/a", false, false),
            ("https://169.254.169.254/latest", false, false),
            ("https://100.64.0.1/a", false, false),
            ("https://0.0.0.0/a", false, false),
            ("https://0.1.2.3/a", false, false),
            ("https://100.127.255.255/a", false, false),
            ("https://100.128.0.1/a", true, true),
            ("https://192.0.2.1/a", false, false),
            ("https://224.0.0.1/a", false, false),
            ("https://240.0.0.1/a", false, false),
            ("https://255.255.255.255/a", false, false),
            ("https://223.255.255.255/a", true, true),
            ("https://[100::1]/a", false, false),
            ("https://[fe80::1]/a", false, false),
            ("https://[fd00::1]/a", false, false),
            ("https://[::ffff:10.0.0.1]/a", false, false),
            ("https://[::ffff:127.0.0.1]/a", false, true),
            ("https://localhost./a", false, true),
            ("https://0x7f.1/a", false, true),
            ("https://0x0a000001/a", false, false),
            ("https://[::]/a", false, false),
            ("https://[::10.0.0.1]/a", false, false),
            ("https://[64:ff9b::10.0.0.1]/a", false, false),
            ("https://[64:ff9b::8.8.8.8]/a", true, true),
            ("https://[2002:a00:1::1]/a", false, false),
            ("https://[fec0::1]/a", false, false),
            ("https://[ff02::1]/a", false, false),
            ("https://[2606:4700::1111]/a", true, true),
            ("https://8.8.8.8/a", true, true),
            ("file:///etc/passwd", false, false),
            ("data:text/plain,a", false, false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(Public.admits(&url).is_ok(), public, "{url}");
            assert_eq!(AlsoThisMachine.admits(&url).is_ok(), also_local, "{url}");
        }
    }

    #[test]
    fn private_addresses_can_be_allowed() {
        for (url, allowed) in [
            ("http://192.168.1.1/a", true),
            ("https://10.0.0.1/a", true),
            ("http://[fd00::1]/a", true),
            ("http://127.0.0.1/a", true),
            ("http://8.8.8.8/a", false),
            ("ftp://10.0.0.1/a", false),
        ] {
            assert_eq!(Network::AlsoPrivate.admits(&Url::parse(url).unwrap()).is_ok(), allowed, "{url}");
        }
    }
}
