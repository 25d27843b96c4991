//! Establishments: `ENTStructure`.

use feed::FeedStructure;
use kernel::Uai;

use super::Context;
use crate::raw::Raw;
use crate::{EntryFault, Note, dn};

const UAI: &str = "ENTStructureUAI";
const NAME: &str = "ENTStructureNomCourant";

/// An establishment of the directory. Its key is its DN, normalised, which is what people's places name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    /// The establishment.
    pub structure: FeedStructure,
    /// The server's name for the entry.
    pub entry_uuid: Option<String>,
    /// What was left out.
    pub notes: Vec<Note>,
}

impl Structure {
    pub(crate) const ATTRIBUTES: &[&str] = &[UAI, NAME];

    pub(crate) fn read(raw: &Raw, _: &Context) -> Result<Self, EntryFault> {
        let key = dn::normalised(&raw.dn).ok_or(EntryFault::NoName)?;
        let mut notes = raw.not_text(Self::ATTRIBUTES);
        let said = raw.first(UAI);
        let uai = said.and_then(|text| text.to_uppercase().parse::<Uai>().ok()).map(|uai| uai.to_string());
        if said.is_some() && uai.is_none() {
            notes.push(Note::Uai);
        }
        let name = raw.first(NAME).map(str::to_owned);
        Ok(Self { structure: FeedStructure { key, uai, name }, entry_uuid: raw.entry_uuid(), notes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uai: &str) -> Structure {
        let raw = Raw::of("ENTStructureSIREN=1, ou=Structures,dc=ent", &[(UAI, &[uai]), (NAME, &["Collège Molière"])]);
        let context = Context::of(&crate::Config::default());
        Structure::read(&raw, &context).expect("read")
    }

    #[test]
    fn an_establishment_is_called_by_its_dn() {
        let Structure { structure, notes, .. } = read("0750001a");
        assert_eq!(structure.key, "entstructuresiren=1,ou=structures,dc=ent");
        assert_eq!((structure.uai.as_deref(), structure.name.as_deref()), (Some("0750001A"), Some("Collège Molière")));
        assert_eq!(notes, []);
        let Structure { structure, notes, .. } = read("075001A");
        assert_eq!((structure.uai, notes), (None, vec![Note::Uai]));
    }
}
