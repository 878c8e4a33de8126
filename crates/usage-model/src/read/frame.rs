//! The structure of one JSON value, followed byte by byte.

/// How far a value has been followed: its nesting, and what may stand next.
///
/// Every byte is looked at once, in however many pieces the value comes. What it passes is valid JSON but for the
/// encoding of its texts, which is checked where they are decoded.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// Bytes that were passed.
    at: usize,
    state: State,
    /// The bracket that closes each open list and object, the innermost last.
    open: Vec<u8>,
    /// How many brackets are open where the value is complete.
    outer: usize,
    /// Where the name that was met last starts.
    name: usize,
    purpose: Purpose,
}

/// What the names of the outermost object are looked at for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Purpose {
    /// Nothing.
    #[default]
    Extent,
    /// Whether the object is a page or a record, by the first member that tells.
    Class,
    /// Where the list `usage_records` starts.
    Records,
    /// The value that comes next is `usage_records`.
    RecordsMet,
}

/// What may stand next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    SeparatorOrEnd,
    /// Within a string, the name of a member or a value.
    Text {
        is_name: bool,
    },
    Escape {
        is_name: bool,
    },
    /// As many hexadecimal digits.
    Unicode {
        is_name: bool,
        digits: u8,
    },
    /// The rest of `null`, `true` or `false`.
    Literal(&'static [u8]),
    Number(Number),
    Complete,
}

/// The part of a number that was met last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
}

/// What is known of a value so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It is complete, and has this many bytes.
    Whole(usize),
    /// The text ends within it.
    More,
    /// It is not JSON from this byte on.
    Wrong(usize),
    /// It is the envelope of a page.
    Page,
    /// It is the member `usage_records`, whose value starts here.
    Records(usize),
}

impl Frame {
    /// Follows a value that may be a record or a page.
    pub(super) fn document() -> Self {
        Self {
            purpose: Purpose::Class,
            ..Self::default()
        }
    }

    /// Follows a member of an object: its name, and its value.
    pub(super) fn member() -> Self {
        Self {
            state: State::Name,
            open: vec![b'}'],
            outer: 1,
            purpose: Purpose::Records,
            ..Self::default()
        }
    }

    /// The length of the value that a text starts with; `None` where it is not JSON, or does not end in it.
    pub(crate) fn length_of(text: &[u8]) -> Option<usize> {
        match Self::default().advance(text, false) {
            Progress::Whole(length) => Some(length),
            _ => None,
        }
    }

    /// Follows the value through a text that starts where the value does, and had fewer bytes before.
    ///
    /// `ended` says that nothing comes after it: only numbers need to know.
    pub(crate) fn advance(&mut self, text: &[u8], ended: bool) -> Progress {
        loop {
            if self.state == State::Complete {
                return Progress::Whole(self.at);
            }
            if let State::Text { is_name } = self.state {
                let rest = text.get(self.at..).unwrap_or_default();
                let plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
                let length = rest.iter().position(|byte| !plain(byte));
                self.at += length.unwrap_or(rest.len());
                if is_name && self.open.len() == 1 && text.get(self.at) == Some(&b'"') {
                    let name = text.get(self.name..self.at).unwrap_or_default();
                    if let Some(progress) = self.named(name) {
                        return progress;
                    }
                }
            }
            let Some(&byte) = text.get(self.at) else {
                return self.cut(ended);
            };
            if self.purpose == Purpose::RecordsMet && self.state == State::Value && !is_space(byte)
            {
                return Progress::Records(self.at);
            }
            if !self.step(byte) {
                return Progress::Wrong(self.at);
            }
        }
    }

    /// Leaves out of account all that was passed: it is not held any more. Says how much that is.
    pub(super) fn forget(&mut self) -> usize {
        self.purpose = Purpose::Extent;
        std::mem::take(&mut self.at)
    }

    /// What is known where the text ends.
    fn cut(&mut self, ended: bool) -> Progress {
        use Number::{ExponentDigits, Fraction, Whole, Zero};
        let is_whole = matches!(
            self.state,
            State::Number(Zero | Whole | Fraction | ExponentDigits)
        );
        if ended && is_whole && self.open.len() == self.outer {
            self.state = State::Complete;
            return Progress::Whole(self.at);
        }
        Progress::More
    }

    /// Looks at the name of a member of the outermost object.
    fn named(&mut self, name: &[u8]) -> Option<Progress> {
        match (self.purpose, name) {
            (Purpose::Class, b"usage_records" | b"meta") => return Some(Progress::Page),
            (Purpose::Class, b"account_sid" | b"sim_sid" | b"period" | b"commands" | b"data") => {
                self.purpose = Purpose::Extent;
            }
            (Purpose::Records, b"usage_records") => self.purpose = Purpose::RecordsMet,
            _ => {}
        }
        None
    }

    /// Passes a byte, or says `false` where it may not stand here.
    fn step(&mut self, byte: u8) -> bool {
        let state = match (self.state, byte) {
            (State::Number(number), _) => match number.then(byte) {
                Some(number) => State::Number(number),
                None if number.may_end() => {
                    // The byte is not part of the number, and is looked at again.
                    self.close_value();
                    return true;
                }
                None => return false,
            },
            (State::Text { is_name }, b'"') => {
                self.at += 1;
                if is_name {
                    self.state = State::Colon;
                } else {
                    self.close_value();
                }
                return true;
            }
            (State::Text { is_name }, b'\\') => State::Escape { is_name },
            (State::Escape { is_name }, b'u') => State::Unicode { is_name, digits: 4 },
            (State::Escape { is_name }, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                State::Text { is_name }
            }
            (State::Unicode { is_name, digits }, _) if byte.is_ascii_hexdigit() => match digits {
                1 => State::Text { is_name },
                _ => State::Unicode {
                    is_name,
                    digits: digits - 1,
                },
            },
            (State::Literal([next, rest @ ..]), _) if byte == *next => {
                if rest.is_empty() {
                    self.at += 1;
                    self.close_value();
                    return true;
                }
                State::Literal(rest)
            }
            (
                State::Text { .. }
                | State::Escape { .. }
                | State::Unicode { .. }
                | State::Literal(_),
                _,
            ) => return false,
            (state, b' ' | b'\t' | b'\n' | b'\r') => state,
            (State::Value | State::ValueOrEnd, b'{') => self.opened(b'}', State::NameOrEnd),
            (State::Value | State::ValueOrEnd, b'[') => self.opened(b']', State::ValueOrEnd),
            (State::Value | State::ValueOrEnd, b'"') => State::Text { is_name: false },
            (State::Value | State::ValueOrEnd, b'n') => State::Literal(b"ull"),
            (State::Value | State::ValueOrEnd, b't') => State::Literal(b"rue"),
            (State::Value | State::ValueOrEnd, b'f') => State::Literal(b"alse"),
            (State::Value | State::ValueOrEnd, b'-') => State::Number(Number::Minus),
            (State::Value | State::ValueOrEnd, b'0') => State::Number(Number::Zero),
            (State::Value | State::ValueOrEnd, b'1'..=b'9') => State::Number(Number::Whole),
            (State::Name | State::NameOrEnd, b'"') => {
                self.name = self.at + 1;
                State::Text { is_name: true }
            }
            (State::Colon, b':') => State::Value,
            (State::SeparatorOrEnd, b',') => match self.open.last() {
                Some(b'}') => State::Name,
                _ => State::Value,
            },
            (State::SeparatorOrEnd | State::NameOrEnd | State::ValueOrEnd, b'}' | b']')
                if self.open.last() == Some(&byte) =>
            {
                self.open.pop();
                self.at += 1;
                self.close_value();
                return true;
            }
            _ => return false,
        };
        self.at += 1;
        self.state = state;
        true
    }

    fn opened(&mut self, close: u8, state: State) -> State {
        self.open.push(close);
        state
    }

    fn close_value(&mut self) {
        self.state = if self.open.len() == self.outer {
            State::Complete
        } else {
            State::SeparatorOrEnd
        };
    }
}

impl Number {
    /// The part of the number that a further byte belongs to.
    fn then(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Minus, b'0') => Self::Zero,
            (Self::Minus, b'1'..=b'9') | (Self::Whole, b'0'..=b'9') => Self::Whole,
            (Self::Zero | Self::Whole, b'.') => Self::Point,
            (Self::Point | Self::Fraction, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Self::Exponent,
            (Self::Exponent, b'+' | b'-') => Self::ExponentSign,
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Self::ExponentDigits
            }
            _ => return None,
        })
    }

    fn may_end(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Whole | Self::Fraction | Self::ExponentDigits
        )
    }
}

/// White space as JSON defines it.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
