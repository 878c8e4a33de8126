//! Tables as Parquet: `usage` and `readings`, written and read in bounded memory.

mod readings;
mod table;
mod texts;
mod usage;

pub use readings::ReadingsParquet;
pub use texts::ReadingTexts;
pub use usage::UsageParquet;
