//! The legal wrapper of data sets: standards that can fail, settings that are told where they are wrong,
//! sets that come out the same.

#[cfg(test)]
mod anonymised;
#[cfg(test)]
mod confirmed;
#[cfg(test)]
mod house;
#[cfg(test)]
mod parquet;
#[cfg(test)]
mod pseudonymised;
#[cfg(test)]
mod published;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod suggested;
#[cfg(test)]
mod ways;
