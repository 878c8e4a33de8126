//! Texts: names and near names, values that are written as strings, and foreign text made visible.

mod name;
mod nearest;
pub(crate) mod serde;
mod visible;

pub use name::{NameError, Named};
pub use nearest::nearest;
pub use visible::{Visible, is_visible, visible, visible_name};
