//! The legal wrapper: standards, settings, data sets.

#[cfg(test)]
mod anonymised;
#[cfg(test)]
mod house;
