//! Makes tables anonymous.
