//! The data-driven scripts of etcd's raft: directives, each with the output that etcd expects.

/// One directive.
#[derive(Clone, Debug)]
pub struct Directive {
    /// The line it stands on, from 1.
    pub line: usize,
    /// Its name: `deliver-msgs`.
    pub name: String,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// What etcd prints.
    pub expected: Vec<String>,
}

/// An argument: `3`, or `drop=(1,2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// What stands before the `=`, or all of it.
    pub key: String,
    /// What stands behind it.
    pub values: Vec<String>,
}

impl Directive {
    /// The arguments that are numbers: nodes.
    pub fn nodes(&self) -> Vec<u32> {
        self.args.iter().filter_map(|arg| arg.key.parse().ok()).collect()
    }

    /// The values of an argument of that name.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        self.args.iter().find(|arg| arg.key == key).map(|arg| &arg.values[..])
    }
}

/// Reads a script. Blocks are separated by empty lines: comments, the directive, `----`, the
/// expected output. Output with empty lines in it stands between doubled `----` lines.
pub fn parse(text: &str) -> Vec<Directive> {
    let lines: Vec<&str> = text.lines().collect();
    let mut directives = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim_end();
        if line.is_empty() || line.starts_with('#') {
            at += 1;
            continue;
        }
        let start = at;
        let mut words = line.to_string();
        while words.ends_with('\\') && at + 1 < lines.len() {
            words.pop();
            at += 1;
            words.push_str(lines[at].trim_end());
        }
        at += 1;
        while at < lines.len() && lines[at].trim_end() != "----" {
            at += 1;
        }
        at += 1;
        let mut expected = Vec::new();
        if lines.get(at).is_some_and(|line| line.trim_end() == "----") {
            at += 1;
            while at < lines.len()
                && !(lines[at].trim_end() == "----"
                    && lines.get(at + 1).is_some_and(|line| line.trim_end() == "----"))
            {
                expected.push(lines[at].trim_end().to_string());
                at += 1;
            }
            at += 2;
        } else {
            while at < lines.len() && !lines[at].trim().is_empty() {
                expected.push(lines[at].trim_end().to_string());
                at += 1;
            }
        }
        let mut args = arguments(&words);
        if !args.is_empty() {
            let name = args.remove(0).key;
            directives.push(Directive { line: start + 1, name, args, expected });
        }
    }
    directives
}

/// Splits `a b=(1, 2) c=3` at the spaces outside the parentheses.
fn arguments(words: &str) -> Vec<Arg> {
    let mut args = Vec::new();
    let (mut word, mut depth) = (String::new(), 0);
    for letter in words.chars().chain([' ']) {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 => {
                if !word.is_empty() {
                    args.push(argument(&std::mem::take(&mut word)));
                }
                continue;
            }
            _ => {}
        }
        word.push(letter);
    }
    args
}

fn argument(word: &str) -> Arg {
    let (key, value) = word.split_once('=').map_or((word, None), |(key, v)| (key, Some(v)));
    let values = value.map(|value| value.trim_matches(['(', ')']).split(',')).into_iter().flatten();
    let values = values.map(|value| value.trim().to_string()).collect();
    Arg { key: key.to_string(), values }
}

/// A fact that etcd prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// `Lead:1 State:StateLeader` in a Ready of a node.
    SoftState { node: u32, lead: u32, state: String },
    /// `HardState Term:1 Vote:1 Commit:2` in a Ready of a node.
    HardState { node: u32, term: u64, vote: u32, commit: u64 },
    /// An entry that a node writes: term and index.
    Entry { node: u32, term: u64, index: u64 },
    /// An entry that a node applies.
    CommittedEntry { node: u32, term: u64, index: u64 },
    /// A message that leaves a node.
    Sent(Message),
    /// A message that arrives.
    Received(Message),
    /// A message that is dropped.
    Dropped(Message),
    /// `INFO 2 became follower at term 1`.
    Became { node: u32, role: String, term: u64 },
    /// `INFO 2 [...] cast MsgVote for 1 [...] at term 1`.
    Cast { node: u32, candidate: u32, term: u64 },
    /// `INFO 1 has received 2 MsgVoteResp votes and 0 vote rejections`.
    Votes { node: u32, granted: u32, refused: u32 },
    /// Something that the adapter does not know.
    Unknown(String),
}

/// A message as etcd prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sender.
    pub from: u32,
    /// The receiver.
    pub to: u32,
    /// `MsgApp`.
    pub kind: String,
    /// The sender's term.
    pub term: u64,
    /// Term and index: of the entry before, of the last entry, or what is acknowledged.
    pub log: (u64, u64),
    /// The commit index; 0 if none is printed.
    pub commit: u64,
    /// Terms and indices of the entries.
    pub entries: Vec<(u64, u64)>,
    /// Whether it refuses.
    pub rejected: bool,
    /// Ours alone: it answers a question about entries below the follower's commit index.
    pub below_commit: bool,
}

/// Reads what etcd prints for a directive that makes something happen.
pub fn facts(directive: &Directive) -> Vec<Fact> {
    let mut reader = Reader {
        node: directive.nodes().first().copied().unwrap_or(0),
        list: if directive.name == "deliver-msgs" { List::Received } else { List::None },
        facts: Vec::new(),
    };
    let mut lines = directive.expected.iter().map(|line| line.trim());
    while let Some(line) = lines.next() {
        let mut line = line.to_string();
        if line.ends_with('[') {
            for more in lines.by_ref() {
                line.push_str(more);
                line.push(' ');
                if more == "]" {
                    break;
                }
            }
        }
        reader.line(line.trim());
    }
    reader.facts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    None,
    Entries,
    Committed,
    Sent,
    Received,
}

struct Reader {
    node: u32,
    list: List,
    facts: Vec<Fact>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let silent = ["ok", "no messages", "<empty Ready>", "Ready:", "Ready MustSync="];
        if let Some(header) = line.strip_prefix("> ") {
            let (node, what) = header.split_once(' ').unwrap_or((header, ""));
            self.node = node.parse().unwrap_or(0);
            match what {
                "handling Ready" => self.list = List::None,
                "receiving messages" => self.list = List::Received,
                _ => self.facts.push(Fact::Unknown(line.to_string())),
            }
        } else if line == "Entries:" {
            self.list = List::Entries;
        } else if line == "CommittedEntries:" {
            self.list = List::Committed;
        } else if line == "Messages:" {
            self.list = List::Sent;
        } else if silent.iter().any(|start| line.starts_with(start)) || line.is_empty() {
        } else {
            let fact = self.fact(line).unwrap_or_else(|| Some(Fact::Unknown(line.to_string())));
            self.facts.extend(fact);
        }
    }

    /// The fact of a line; `Some(None)` if it says nothing that is compared.
    fn fact(&self, line: &str) -> Option<Option<Fact>> {
        let node = self.node;
        if let Some(text) = line.strip_prefix("dropped: ") {
            return Some(Some(Fact::Dropped(message(text)?)));
        }
        if let Some(text) = level(line) {
            return Some(info(text));
        }
        if let Some(rest) = line.strip_prefix("HardState ") {
            let vote = number(rest, "Vote:").unwrap_or(0) as u32;
            let (term, commit) = (number(rest, "Term:")?, number(rest, "Commit:").unwrap_or(0));
            return Some(Some(Fact::HardState { node, term, vote, commit }));
        }
        if line.starts_with("Lead:") {
            let state = line.split_once("State:")?.1.to_string();
            let lead = number(line, "Lead:")? as u32;
            return Some(Some(Fact::SoftState { node, lead, state }));
        }
        if line.contains("->") {
            let message = message(line)?;
            return Some(Some(match self.list {
                List::Received => Fact::Received(message),
                _ => Fact::Sent(message),
            }));
        }
        let (term, index) = entry(line)?;
        Some(Some(match self.list {
            List::Entries => Fact::Entry { node, term, index },
            List::Committed => Fact::CommittedEntry { node, term, index },
            _ => return None,
        }))
    }
}

fn level(line: &str) -> Option<&str> {
    ["INFO ", "DEBUG ", "WARN ", "ERROR "].iter().find_map(|level| line.strip_prefix(level))
}

/// What a line of etcd's own log says, as far as it is compared.
fn info(text: &str) -> Option<Fact> {
    let words: Vec<&str> = text.split(' ').collect();
    let node = words.first()?.parse().ok()?;
    let last = words.last()?;
    if words.get(1) == Some(&"became") {
        let (role, term) = (words.get(2)?.to_string(), last.parse().ok()?);
        return Some(Fact::Became { node, role, term });
    }
    if let Some((_, rest)) = text.split_once("cast MsgVote for ") {
        let candidate = rest.split(' ').next()?.parse().ok()?;
        return Some(Fact::Cast { node, candidate, term: last.parse().ok()? });
    }
    if text.contains(" MsgVoteResp votes and ") {
        let granted = words.get(3)?.parse().ok()?;
        let refused = words.get(7)?.parse().ok()?;
        return Some(Fact::Votes { node, granted, refused });
    }
    None
}

/// `1->2 MsgApp Term:1 Log:1/2 Commit:2 Entries:[1/3 EntryNormal ""]`.
fn message(line: &str) -> Option<Message> {
    let (ends, rest) = line.split_once(' ')?;
    let (from, to) = ends.split_once("->")?;
    let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (head, entries) = rest.split_once("Entries:[").unwrap_or((rest, ""));
    let log = head.split(' ').find_map(|word| word.strip_prefix("Log:"));
    let (log_term, log_index) = log.and_then(|log| log.split_once('/')).unwrap_or(("0", "0"));
    let known = ["MsgApp", "MsgAppResp", "MsgVote", "MsgVoteResp"];
    let heartbeats = ["MsgHeartbeat", "MsgHeartbeatResp"];
    if !known.contains(&kind) && !heartbeats.contains(&kind) || entries.contains("EntryConf") {
        return None;
    }
    Some(Message {
        from: from.parse().ok()?,
        to: to.parse().ok()?,
        kind: kind.to_string(),
        term: number(head, "Term:")?,
        log: (log_term.parse().ok()?, log_index.parse().ok()?),
        commit: number(head, "Commit:").unwrap_or(0),
        entries: entries.split(' ').filter_map(position).collect(),
        rejected: head.contains("Rejected"),
        below_commit: false,
    })
}

/// `1/3 EntryNormal "x"`: term and index.
pub fn entry(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split(' ');
    let at = position(words.next()?)?;
    (words.next()? == "EntryNormal").then_some(at)
}

fn position(word: &str) -> Option<(u64, u64)> {
    let (term, index) = word.split_once('/')?;
    Some((term.parse().ok()?, index.parse().ok()?))
}

/// The number behind a label.
pub fn number(text: &str, label: &str) -> Option<u64> {
    let rest = text.split(' ').find_map(|word| word.strip_prefix(label))?;
    rest.trim_end_matches(')').parse().ok()
}
