//! What a query asks for: a resource, a window of time, a granularity, a page size.

mod granularity;
mod page_size;
mod resource;
mod window;

pub use granularity::Granularity;
pub use page_size::{PageSize, PageSizeError};
pub use resource::Resource;
pub use window::{Window, WindowError, WindowPart, WindowParts};
