//! Columns by name: official files rename and reorder theirs from year to year.

/// A column that an importer knows, under every name that it has borne.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The names, the present one first. Case and surrounding spaces are not compared.
    pub names: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
}

impl Column {
    /// A column without which a file cannot be read.
    pub const fn required(names: &'static [&'static str]) -> Self {
        Self { names, required: true }
    }

    /// A column that a file may lack.
    pub const fn optional(names: &'static [&'static str]) -> Self {
        Self { names, required: false }
    }

    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name.trim()))
    }
}

/// Where each known column stands in a file.
#[derive(Clone, Debug)]
pub struct Header {
    positions: Vec<Option<usize>>,
    /// How many columns each row must have.
    pub width: usize,
    /// Columns of the file that the importer does not know.
    pub unknown: Vec<String>,
}

/// The first line is not the header that the importer needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    /// Needed columns are not there.
    #[error("the header lacks the column{} {}", if .0.len() > 1 { "s" } else { "" }, .0.join(", "))]
    Missing(Vec<String>),
    /// One column stands there twice.
    #[error("the header names the column {0} twice")]
    Twice(String),
}

impl Header {
    /// Finds `columns` among the fields of a file's first line; [`Header::position`] then goes by their index.
    ///
    /// # Errors
    /// When a required column is missing, or one stands there twice.
    pub fn find(columns: &[Column], fields: &[&str]) -> Result<Self, BadHeader> {
        let mut positions = vec![None; columns.len()];
        let mut unknown = Vec::new();
        for (position, field) in fields.iter().enumerate() {
            match columns.iter().position(|column| column.is_called(field)) {
                Some(index) if positions[index].is_some() => return Err(BadHeader::Twice((*field).trim().to_owned())),
                Some(index) => positions[index] = Some(position),
                None => unknown.push((*field).trim().to_owned()),
            }
        }
        let missing: Vec<String> = columns
            .iter()
            .zip(&positions)
            .filter(|(column, position)| column.required && position.is_none())
            .map(|(column, _)| column.names.join(" or "))
            .collect();
        if missing.is_empty() {
            Ok(Self { positions, width: fields.len(), unknown })
        } else {
            Err(BadHeader::Missing(missing))
        }
    }

    /// Where the column of this index stands, if the file has it.
    pub fn position(&self, index: usize) -> Option<usize> {
        self.positions.get(index).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [Column::required(&["Code_postal", "Code postal"]), Column::optional(&["Fax"])];

    #[test]
    fn by_any_name_in_any_order() {
        let header = Header::find(&COLUMNS, &["autre", " code POSTAL"]).expect("a header");
        assert_eq!((header.position(0), header.position(1), header.width), (Some(1), None, 2));
        assert_eq!(header.unknown, ["autre"]);
    }

    #[test]
    fn missing_and_doubled_columns_are_named() {
        assert_eq!(
            Header::find(&COLUMNS, &["Fax"]).expect_err("missing").to_string(),
            "the header lacks the column Code_postal or Code postal"
        );
        let twice = Header::find(&COLUMNS, &["Code_postal", "Code postal"]).expect_err("twice");
        assert_eq!(twice, BadHeader::Twice("Code postal".to_owned()));
    }
}
