//! The entries of one reading, one after the other.

use std::vec;

use chrono::{DateTime, Utc};

use crate::directory::{of_asking, of_stopped};
use crate::map::Context;
use crate::moment;
use crate::pages::{self, Ask, NoPage, Page};
use crate::raw::Raw;
use crate::supervised::supervised;
use crate::{Directory, DirectoryError, EntryError, EntryFault};

/// What makes a value of an entry.
type Reader<T> = fn(&Raw, &Context) -> Result<T, EntryFault>;

/// The entries of one reading. A page of them lies in memory, and the next is fetched when it is wanted.
#[derive(Debug)]
pub struct Cursor<'directory, T> {
    directory: &'directory mut Directory,
    /// The key of the configuration that names where is read.
    key: &'static str,
    ask: Ask,
    read: Reader<T>,
    context: Context,
    page: vec::IntoIter<Result<Raw, EntryError>>,
    /// Where the next page begins: nothing after the last.
    cookie: Option<Vec<u8>>,
    given: u64,
    since: Option<DateTime<Utc>>,
    newest: Option<DateTime<Utc>>,
    told_elsewhere: bool,
}

const READING: &str = "a page of the search";
/// A server may give an empty page and say that there are more (RFC 2696, 3); not for ever.
const EMPTY_PAGES: u32 = 100;

impl<'directory, T> Cursor<'directory, T> {
    pub(crate) fn new(directory: &'directory mut Directory, key: &'static str, ask: Ask, read: Reader<T>) -> Self {
        let context = directory.context();
        Self {
            directory,
            key,
            ask,
            read,
            context,
            page: Vec::new().into_iter(),
            cookie: Some(Vec::new()),
            given: 0,
            since: None,
            newest: None,
            told_elsewhere: false,
        }
    }

    pub(crate) fn since(mut self, since: Option<DateTime<Utc>>) -> Self {
        self.since = since;
        self
    }

    /// The next entry, or what is wrong with it; nothing after the last. After an error of the directory there is nothing more.
    ///
    /// # Errors
    /// When the reading cannot go on. What was read before is not the whole: nobody may be taken for gone.
    pub async fn next(&mut self) -> Result<Option<Result<T, EntryError>>, DirectoryError> {
        let mut empty = 0;
        loop {
            if let Some(entry) = self.page.next() {
                return self.give(entry).map(Some);
            }
            // Kept until the page is here: a call that nobody waited for to its end must not look like the end of the reading.
            let Some(cookie) = self.cookie.clone() else { return Ok(None) };
            if empty == EMPTY_PAGES {
                return Err(self.not_ldap());
            }
            empty += 1;
            self.fetch(cookie).await?;
        }
    }

    /// Where the next reading of changes begins, when this one has come to its end; `began` is when it began, by this machine's clock.
    ///
    /// It overlaps with what was read, by [`OVERLAP`](crate::OVERLAP) and by all that was changed since `began`: entries come
    /// again that have not changed. Nothing as long as no entry was ever seen.
    pub fn next_since(&self, began: DateTime<Utc>) -> Option<String> {
        moment::resumed(self.since, self.newest, began).map(moment::write)
    }

    fn give(&mut self, entry: Result<Raw, EntryError>) -> Result<Result<T, EntryError>, DirectoryError> {
        if self.given == self.directory.config.max_entries {
            self.end();
            let (address, limit) = (self.address(), self.given);
            return Err(DirectoryError::TooMany { address, key: self.key, limit });
        }
        self.given += 1;
        let raw = match entry {
            Ok(raw) => raw,
            Err(fault) => return Ok(Err(fault)),
        };
        self.newest = self.newest.max(raw.modified().and_then(moment::parse));
        Ok((self.read)(&raw, &self.context).map_err(|fault| raw.refused(fault)))
    }

    async fn fetch(&mut self, cookie: Vec<u8>) -> Result<(), DirectoryError> {
        let work = pages::fetch(self.directory.ldap.clone(), self.ask.clone(), cookie);
        let fetched = supervised(self.directory.config.timeout, work).await;
        let Directory { config, address, .. } = &*self.directory;
        let page = match fetched {
            Ok(Ok(page)) => page,
            Ok(Err(none)) => {
                let error = self.of_page(none);
                self.end();
                return Err(error);
            }
            Err(stopped) => {
                let error = of_stopped(stopped, config, address, READING);
                self.end();
                return Err(error);
            }
        };
        self.take(page);
        Ok(())
    }

    fn take(&mut self, page: Page) {
        if page.elsewhere > 0 && !self.told_elsewhere {
            self.told_elsewhere = true;
            let (directory, key) = (&self.directory.config.name, self.key);
            tracing::warn!(directory, key, "parts of the directory are on other servers, which are not asked");
        }
        self.cookie = Some(page.cookie).filter(|cookie| !cookie.is_empty());
        self.page = page.entries.into_iter();
    }

    fn of_page(&self, none: NoPage) -> DirectoryError {
        let (address, key) = (self.address(), self.key);
        match none {
            NoPage::Failed(error) => of_asking(&error, &self.directory.address, READING, self.given),
            NoPage::NotPaged | NoPage::Refused(12) => DirectoryError::NotPaged(address),
            NoPage::Refused(4 | 11) => DirectoryError::SizeLimit(address),
            NoPage::Refused(32) => DirectoryError::NoSuchBase { address, key, base: self.ask.base.clone() },
            NoPage::Refused(50) => DirectoryError::Rights { address, key },
            NoPage::Refused(code) => DirectoryError::Answer { address, doing: READING, code },
        }
    }

    fn not_ldap(&mut self) -> DirectoryError {
        self.end();
        DirectoryError::NotLdap { address: self.address(), doing: READING }
    }

    fn address(&self) -> String {
        self.directory.address.to_string()
    }

    fn end(&mut self) {
        self.cookie = None;
        self.page = Vec::new().into_iter();
        self.directory.hang_up();
    }
}
