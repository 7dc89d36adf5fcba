//! Papers that the office hands out: a small document model, set in lines and pages, written as tagged PDF.

mod font; // which glyph, how wide
mod lines; // where a line may end
mod paper; // what a paper says
mod layout; // from blocks to pages
mod pdf; // from pages to PDF/UA
mod press; // two at a time, off the async workers
#[cfg(test)]
mod tests;

pub use paper::{Block, Column, Paper};
pub use press::Press;
