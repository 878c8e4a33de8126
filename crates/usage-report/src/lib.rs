//! KORE Wireless usage as people look at it.
//!
//! [`terminal`] lays out tables for a terminal. Texts from outside are written so that they cannot steer it. This crate
//! does no input or output of its own and never looks at the clock.
#![forbid(unsafe_code)]

pub mod terminal;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
