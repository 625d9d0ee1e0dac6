//! Who works for a store, and who runs the stores: logins with the verifiers of their passwords.

use rusqlite::{OptionalExtension, params};

use super::stores::Store;
use super::{Book, No, stores};

impl Book {
    pub(crate) async fn put_staff(
        &self,
        login: &str,
        store: &str,
        verifier: String,
    ) -> Result<(), No> {
        let (login, store) = (login.to_owned(), store.to_owned());
        self.write(move |book| {
            book.execute(
                "INSERT OR REPLACE INTO staff VALUES (?1, ?2, ?3)",
                params![login, store, verifier],
            )?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn put_operator(&self, login: &str, verifier: String) -> Result<(), No> {
        let login = login.to_owned();
        self.write(move |book| {
            book.execute("INSERT OR REPLACE INTO operators VALUES (?1, ?2)", [login, verifier])?;
            Ok(())
        })
        .await
    }

    /// The verifier of a store's login.
    pub(crate) async fn staff_verifier(&self, login: &str) -> anyhow::Result<Option<String>> {
        self.verifier("SELECT verifier FROM staff WHERE login = ?1", login).await
    }

    /// The verifier of an operator's login.
    pub(crate) async fn operator_verifier(&self, login: &str) -> anyhow::Result<Option<String>> {
        self.verifier("SELECT verifier FROM operators WHERE login = ?1", login).await
    }

    async fn verifier(&self, of: &'static str, login: &str) -> anyhow::Result<Option<String>> {
        let login = login.to_owned();
        self.read(move |book| {
            book.prepare_cached(of)?.query_row([login], |row| row.get(0)).optional()
        })
        .await
    }

    /// The store a login works for.
    pub(crate) async fn store_of(&self, login: &str) -> anyhow::Result<Option<Store>> {
        let login = login.to_owned();
        self.read(move |book| {
            let slug: Option<String> = book
                .prepare_cached("SELECT store FROM staff WHERE login = ?1")?
                .query_row([login], |row| row.get(0))
                .optional()?;
            slug.map_or(Ok(None), |slug| stores::get(book, &slug))
        })
        .await
    }
}
