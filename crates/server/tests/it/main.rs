//! Stories: what people and programs do at the house, and what they find. `house.rs` opens a house
//! with a database and a clock of its own and hands out actors who speak HTTP only; every other
//! file tells one story. With `AZUKARI_TEST_POSTGRES` set, all of them happen on PostgreSQL.

#[cfg(test)]
mod allergy_note;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod house;
#[cfg(test)]
mod sight_ends;
