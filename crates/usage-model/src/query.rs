//! What a query asks for: a window of time, a granularity, a page size.

mod granularity;
mod page_size;
mod window;

pub use granularity::{Granularity, GranularityError};
pub use page_size::{PageSize, PageSizeError};
pub use window::{Window, WindowError, WindowPart, WindowParts};
