//! One search, a page at a time (RFC 2696).

use ldap3::controls::{Control, ControlParser, ControlType, MakeCritical, PagedResults};
use ldap3::{Ldap, LdapError, LdapResult, Scope};

use crate::EntryError;
use crate::raw::Raw;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) base: String,
    pub(crate) filter: String,
    pub(crate) attributes: Vec<&'static str>,
    pub(crate) page_size: u16,
    pub(crate) max_entry_bytes: usize,
}

/// A page, and the server's mark of where the next one begins.
pub(crate) struct Page {
    pub(crate) entries: Vec<Result<Raw, EntryError>>,
    /// Empty at the end.
    pub(crate) cookie: Vec<u8>,
    /// Parts of the tree that are on other servers.
    pub(crate) elsewhere: usize,
}

/// There is no page.
pub(crate) enum NoPage {
    /// The connection or the protocol failed.
    Failed(LdapError),
    /// The server answered with a result that is no success.
    Refused(u32),
    /// More entries than were asked for.
    NotPaged,
}

impl From<LdapError> for NoPage {
    fn from(error: LdapError) -> Self {
        Self::Failed(error)
    }
}

/// Fetches a page whole, so that no more than one lies in memory however slowly it is used.
pub(crate) async fn fetch(mut ldap: Ldap, ask: Ask, cookie: Vec<u8>) -> Result<Page, NoPage> {
    let size = usize::from(ask.page_size);
    // Critical: who does not know the control must say so, not send everything.
    ldap.with_controls(PagedResults { size: i32::from(ask.page_size), cookie }.critical());
    let mut answers = ldap.streaming_search(&ask.base, Scope::Subtree, &ask.filter, ask.attributes).await?;
    let (mut entries, mut elsewhere) = (Vec::new(), 0);
    while let Some(answer) = answers.next().await? {
        if answer.is_ref() {
            elsewhere += 1;
        } else if !answer.is_intermediate() {
            entries.push(Raw::read(answer, ask.max_entry_bytes));
        }
        if entries.len() > size || elsewhere > size {
            return Err(NoPage::NotPaged);
        }
    }
    let result = answers.finish().await;
    if result.rc != 0 {
        return Err(NoPage::Refused(result.rc));
    }
    Ok(Page { entries, cookie: cookie_of(&result), elsewhere })
}

/// The mark in the result's control; a result without one is the last.
fn cookie_of(result: &LdapResult) -> Vec<u8> {
    let paged = |control: &&Control| matches!(control, Control(Some(ControlType::PagedResults), _));
    let value = result.ctrls.iter().find(paged).and_then(|Control(_, raw)| raw.val.as_deref());
    value.map_or_else(Vec::new, |value| PagedResults::parse(value).cookie)
}
