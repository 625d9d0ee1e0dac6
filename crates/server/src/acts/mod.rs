//! What people decide, one file per act: each is a transaction with its record. None opens a
//! value; that is the gate's.

pub mod account;
pub mod agent;
pub mod agreement;
pub mod confirmation;
pub mod consent;
pub mod dataset;
pub mod engagement;
pub mod everybody;
pub mod exception;
pub mod figure;
pub mod hold;
pub mod instruction;
pub mod letter;
pub mod link;
pub mod password;
pub mod publish;
pub mod recipient;
pub mod request;
pub mod restriction;
pub mod sign_in;
pub mod sign_in_history;
pub mod staff;
pub mod staff_session;
pub mod telling;
pub mod webhook;
