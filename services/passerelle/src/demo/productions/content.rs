//! Small files in the formats in which work of each kind can be used again, the editable one first.

use chrono::{DateTime, Utc};
use productions::{Kind, NewContent};
use serde_json::json;

use super::themes::Theme;

/// A version's content: each version has one part more.
pub(super) fn of(theme: &Theme, title: &str, version: usize, at: DateTime<Utc>) -> Vec<NewContent> {
    let parts = &theme.parts[..(theme.parts.len() - 2 + version).min(theme.parts.len())];
    match theme.kind {
        Kind::MindMap => vec![
            content("mm", "application/x-freemind", mind_map(title, parts)),
            content("opml", "text/x-opml", opml(title, parts)),
        ],
        Kind::Timeline => vec![
            content("json", "application/json", timeline(title, parts)),
            content("csv", "text/csv", rows("date;texte", parts.iter().map(|part| dated(part)))),
        ],
        Kind::Wall => vec![
            content("json", "application/json", wall(title, parts)),
            content("csv", "text/csv", rows("numero;note", (1_usize..).zip(parts.iter().copied()))),
        ],
        Kind::Blog => {
            vec![
                content("atom", "application/atom+xml", feed(title, parts, at)),
                content("html", "text/html", page(title, parts)),
            ]
        }
        Kind::Wiki | Kind::Pad => {
            vec![
                content("html", "text/html", page(title, parts)),
                content("md", "text/markdown", markdown(title, parts)),
            ]
        }
        Kind::Multimedia => vec![content("html", "text/html", page(title, parts))],
    }
}

fn content(format: &str, media_type: &str, text: String) -> NewContent {
    NewContent { format: format.to_owned(), media_type: media_type.to_owned(), bytes: text.into_bytes() }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn each(parts: &[&str], write: impl Fn(&str) -> String) -> String {
    parts.iter().map(|part| write(&escaped(part))).collect()
}

fn mind_map(title: &str, parts: &[&str]) -> String {
    let nodes = each(parts, |part| format!("<node TEXT=\"{part}\"/>"));
    format!("<map version=\"1.0.1\"><node TEXT=\"{}\">{nodes}</node></map>\n", escaped(title))
}

fn opml(title: &str, parts: &[&str]) -> String {
    let (title, lines) = (escaped(title), each(parts, |part| format!("<outline text=\"{part}\"/>")));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"><head><title>{title}</title></head>\
         <body>{lines}</body></opml>\n"
    )
}

/// A part of a timeline begins with its year.
fn dated(part: &str) -> (&str, &str) {
    part.split_once(' ').unwrap_or(("", part))
}

fn timeline(title: &str, parts: &[&str]) -> String {
    let event = |part: &&str| {
        let (year, text) = dated(part);
        json!({ "start_date": { "year": year }, "text": { "headline": text } })
    };
    let events: Vec<_> = parts.iter().map(event).collect();
    json!({ "title": { "text": { "headline": title } }, "events": events }).to_string()
}

fn wall(title: &str, parts: &[&str]) -> String {
    let node = |(at, part): (usize, &&str)| json!({ "id": format!("n{at}"), "type": "text", "x": 240 * at, "y": 0, "width": 220, "height": 120, "text": part });
    let nodes: Vec<_> = parts.iter().enumerate().map(node).collect();
    json!({ "title": title, "nodes": nodes, "edges": [] }).to_string()
}

fn rows<A: std::fmt::Display, B: std::fmt::Display>(header: &str, rows: impl Iterator<Item = (A, B)>) -> String {
    let lines: String = rows.map(|(first, second)| format!("{first};{second}\r\n")).collect();
    format!("{header}\r\n{lines}")
}

fn feed(title: &str, parts: &[&str], at: DateTime<Utc>) -> String {
    let moment = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let entry = |(number, part): (usize, &&str)| {
        let part = escaped(part);
        format!(
            "<entry><id>urn:passerelle:demo:{}:{number}</id><title>{part}</title><updated>{moment}</updated>\
             <content type=\"text\">{part}</content></entry>",
            at.timestamp()
        )
    };
    let entries: String = parts.iter().enumerate().map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:passerelle:demo:{}</id>\
         <title>{}</title><updated>{moment}</updated>{entries}</feed>\n",
        at.timestamp(),
        escaped(title)
    )
}

fn page(title: &str, parts: &[&str]) -> String {
    let (title, sections) = (escaped(title), each(parts, |part| format!("<h2>{part}</h2>")));
    format!(
        "<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{sections}</body></html>\n"
    )
}

fn markdown(title: &str, parts: &[&str]) -> String {
    let sections: String = parts.iter().map(|part| format!("\n## {part}\n")).collect();
    format!("# {title}\n{sections}")
}
