//! Stories: what people and programs do at the house, and what they find. `house.rs` opens a house
//! with a database and a clock of its own and hands out actors who speak HTTP only; every other
//! file tells one story. With `AZUKARI_TEST_POSTGRES` set, all of them happen on PostgreSQL.

#[cfg(test)]
mod allergy_note;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod bad_days;
#[cfg(test)]
mod broken_at_every_step;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod consent_records;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod dataset_files;
#[cfg(test)]
mod datasets;
#[cfg(test)]
mod desk_datasets;
#[cfg(test)]
mod desk_requests;
#[cfg(test)]
mod disguises;
#[cfg(test)]
mod drp;
#[cfg(test)]
mod evening;
#[cfg(test)]
mod exceptions;
#[cfg(test)]
mod house;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod interleaved;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod links;
#[cfg(test)]
mod minors;
#[cfg(test)]
mod notice;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod pipes;
#[cfg(test)]
mod policy_in_force;
#[cfg(test)]
#[path = "../post/mod.rs"]
mod post;
#[cfg(test)]
mod proven;
#[cfg(test)]
mod provisions;
#[cfg(test)]
mod request_letters;
#[cfg(test)]
mod request_pages;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod requests_done;
#[cfg(test)]
mod restrictions;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod root_key;
#[cfg(test)]
mod second_company;
#[cfg(test)]
mod service_keys;
#[cfg(test)]
mod service_letters;
#[cfg(test)]
mod shredding;
#[cfg(test)]
mod sight_ends;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sign_in_history;
#[cfg(test)]
mod sign_up_letters;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod statistics;
#[cfg(test)]
mod statistics_of_held;
#[cfg(test)]
mod third_company;
#[cfg(test)]
mod tombstones;
#[cfg(test)]
mod versions;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod wrong_input;
