//! From a page to what a model reads. The work is `htmd`'s; here are the bounds that foreign HTML needs.

use std::rc::Rc;

use htmd::{HtmlToMarkdown, Node};
use markup5ever_rcdom::NodeData;

/// Elements inside each other. Beyond it the recursive converter might run out of stack, and only the text is taken.
const MAX_DEPTH: usize = 256;
/// Elements that stay open. The parser looks through all of them at every tag, so this bounds its work.
const MAX_OPEN: usize = 1_024;
/// Elements that never have others inside, or end without being closed.
const NOT_COUNTED: [&str; 28] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "html", "head", "body",
];
const WITHOUT_TEXT: [&str; 8] = ["script", "style", "noscript", "iframe", "svg", "template", "head", "object"];

pub struct Page {
    pub title: Option<String>,
    pub markdown: String,
}

pub fn read(html: &str) -> Page {
    if leaves_too_much_open(html) {
        return Page { title: None, markdown: without_tags(html) };
    }
    let converter = HtmlToMarkdown::builder().skip_tags(WITHOUT_TEXT.to_vec()).build();
    let Ok(tree) = converter.html_to_tree(html) else { return Page { title: None, markdown: String::new() } };
    let mut title = None;
    let mut deep = false;
    let mut plain = String::new();
    visit(&tree, |node, depth, hidden| {
        deep |= depth > MAX_DEPTH;
        if title.is_none() && tag(node) == Some("title") {
            title = Some(text(node)).filter(|text| !text.is_empty());
        }
        if let (NodeData::Text { contents }, false) = (&node.data, hidden) {
            plain.push_str(&contents.borrow());
            plain.push(' ');
        }
    });
    let markdown = if deep { one_spaced(&plain) } else { converter.tree_to_markdown(&tree) };
    Page { title, markdown }
}

/// Counts as if only the innermost element could be closed, so that badly nested pages are never taken for flat ones.
fn leaves_too_much_open(html: &str) -> bool {
    let mut open: Vec<String> = vec![];
    for tag in html.split('<').skip(1) {
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |rest| (true, rest));
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag[..end].to_ascii_lowercase();
        if name.is_empty() || NOT_COUNTED.contains(&name.as_str()) {
            continue;
        }
        if !closes {
            open.push(name);
        } else if open.last() == Some(&name) {
            open.pop();
        }
        if open.len() > MAX_OPEN {
            return true;
        }
    }
    false
}

/// What stands between the tags, for pages that are not worth parsing.
fn without_tags(html: &str) -> String {
    let texts = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    one_spaced(&texts.collect::<Vec<_>>().join(" "))
}

/// Elements of one kind with their attributes, in the order of the page.
pub fn elements(html: &str, wanted: &str) -> Vec<Element> {
    let mut found = vec![];
    if leaves_too_much_open(html) {
        return found;
    }
    let Ok(tree) = HtmlToMarkdown::new().html_to_tree(html) else { return found };
    visit(&tree, |node, _, _| {
        let NodeData::Element { name, attrs, .. } = &node.data else { return };
        if &*name.local == wanted {
            let attributes = attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
            found.push(Element { attributes, text: text(node) });
        }
    });
    found
}

pub struct Element {
    attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_ascii_whitespace().any(|c| c == class)
    }
}

/// In document order, without recursion. `see` gets the depth and whether the node is inside something without text.
fn visit(root: &Rc<Node>, mut see: impl FnMut(&Rc<Node>, usize, bool)) {
    let mut stack = vec![(root.clone(), 0, false)];
    while let Some((node, depth, hidden)) = stack.pop() {
        see(&node, depth, hidden);
        let hidden = hidden || tag(&node).is_some_and(|tag| WITHOUT_TEXT.contains(&tag));
        stack.extend(node.children.borrow().iter().rev().map(|child| (child.clone(), depth + 1, hidden)));
    }
}

fn tag(node: &Node) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

fn text(node: &Rc<Node>) -> String {
    let mut text = String::new();
    visit(node, |node, _, _| {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        }
    });
    one_spaced(&text)
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
