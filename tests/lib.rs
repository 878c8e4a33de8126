//! End-to-end tests live in `end_to_end/`; this crate has no code of its own.
