//! Every word of the pages. A language is one file with one value of [`Words`]; where a word is
//! missing, the compiler names it. What the policy says in its own words is not repeated here.

mod en;
mod ja;

use crate::book::companions::Allergen;
use crate::book::notices::{Kind, Notice};
use crate::edit::What;
use crate::import::Plain;
use crate::language::Language;

/// Declares the words once, topic by topic: those that stand alone, and those that take something in.
macro_rules! words {
    ($(
        $(#[$about:meta])*
        $topic:ident: $Topic:ident {
            plain: $($plain:ident),* $(,)?;
            told: $($told:ident($($arg:ty),*)),* $(,)?;
        }
    )*) => {
        /// Every word of a language, by topic.
        pub(crate) struct Words {
            $(pub(crate) $topic: $Topic,)*
            /// What somebody may be allergic to.
            pub(crate) allergen: fn(Allergen) -> &'static str,
        }

        $(
            $(#[$about])*
            pub(crate) struct $Topic {
                $(pub(crate) $plain: &'static str,)*
                $(pub(crate) $told: fn($($arg),*) -> String,)*
            }
        )*

        #[cfg(test)]
        impl Words {
            fn all_plain(&self) -> Vec<(&'static str, &'static str)> {
                vec![$($((stringify!($plain), self.$topic.$plain),)*)*]
            }
        }
    };
}

words! {
    /// What every page has: its frame, its forms, its numbers.
    frame: Frame {
        plain:
            service, skip, nav, nav_me, nav_tonight, sign_in, sign_out, sign_up, sample_note,
            for_stores, to_front_page, to_my_page, back, colon, comma, required, optional, used_for,
            used_for_all, only_if_agreed, form_has_errors, form_has_errors_and_password, save, edit, email, password, error_empty,
            error_not_an_email, error_not_a_phone, error_taken, error_too_long, error_too_short,
            error_other, error_choose, error_needs_consent, error_password_again;
        told:
            party(u8), version_of(&str), yen(u32), at_table(&str, u16), month(i8), field(&str),
            in_brackets(&str), in_row(usize, &str), line_and_column(u64, usize);
    }
    /// Finding a table: the front page and the page of a store.
    finding: Finding {
        plain:
            home_page, home_title_first, home_title_then, home_lead, home_begin, your_table_tonight,
            stores, stores_before, stores_more, no_stores, tonight_over, promise, promise_held, promise_held_text,
            promise_asked, promise_asked_text, promise_seen, promise_seen_text, read_the_policy,
            area, cuisine, anything, none_found, all_stores, choose_a_table, about_the_store,
            closing_days, closed, has_seats, no_seating, days, earlier_days, later_days, review,
            fee_sum, consent_first, book_it, choose_again, not_booked, nothing_held, is_draft,
            draft_lacks, open_store, open_lacks;
        told:
            closed_that_day(&str), closed_today(&str), error_party(&[u8]), first_store(&str),
            on_that_day(&str, &str), closed_on(&str), price_of(u8), parties_of(&[u8]),
            party_not_taken(u8, &[u8]);
    }
    /// Coming in: signing in and up, passwords, passkeys, linked services.
    door: Door {
        plain:
            sign_in_both, sign_in_failed, sign_in_wait, signed_out, no_account_yet, staff_login,
            forgot, forgotten, forgotten_lead, send_code, send_code_again, choose_password,
            code_sent, code_hint, no_code, wrong_code, sign_up_code, sign_up_code_sent,
            sign_up_code_hint, another_code_sent, sign_up_code_unsent, error_code_unsent, letters_wait,
            letters_wait_here, code, letters_lie, old_password,
            change_password, password_lead,
            wrong_password, done_password, sign_up_about_you, sign_up_at_the_table,
            sign_up_all_optional, sign_up_others_optional, email_hint, sign_up_consent,
            sign_up_submit, sign_up_kept_where, phone_hint, allergy_hint, password_hint, residence,
            residence_hint, residence_jp, residence_eea, residence_uk, residence_other, agree,
            do_not_agree, policy_changed, refused_title, refused_nothing_kept, refused_think_again,
            passkeys, passkeys_told, passkey_add, passkey_added, passkey_end, passkey_made,
            passkey_used, no_passkeys, passkeys_need_script, passkeys_not_here, passkey_sign_in,
            passkey_failed, passkey_unknown, passkey_unknown_told, representative_lead,
            representative_name, representative_email, representative_hint, error_representative,
            error_after_representative, consent_waits, representative_needed,
            representative_on_her_page, done_asked, next, steps, sign_up_more, receipt_name_hint,
            phone_country, error_not_a_date, error_impossible_date, error_own_address, error_future,
            other_ways, link_known, link_known_told, link_anew, link_anew_told, link_review_lead,
            link_id, link_id_told, link_not_granted, link_not_told, link_sign_up, link_stop,
            link_again, link_by_password, link_away_told, link_unproven_told, link_declined,
            link_declined_told, link_over, link_over_told, link_another_told, link_another_id_told,
            granted_nothing, done_linked, not_linked;
        told:
            sign_up_lead(&str), representative_waits(&str), representative_asked(&str), sign_up_consent_version(&str),
            error_date(i64), go_on_with(&str), link_with(&str), filled_in_by(&str),
            link_review(&str), link_nobody(&str), link_source(&str, &str), link_away(&str),
            link_unproven(&str), link_another(&str), link_another_id(&str);
    }
    /// The guest's own pages.
    hers: Hers {
        plain:
            bookings, no_bookings, none_to_come, find_a_table, cancelled, over, looks, looks_lead, no_looks,
            look_received, look_nothing, look_refused, look_unreadable, purpose, proof, proof_how,
            proof_keep, proof_file, proof_how_to_check, policy_then, newest, older, held, held_lead,
            held_requests, still_right, yes_still_right, not_held, withheld_withdrawn, consents,
            consent_given, consent_withdrawn, consent_refused, consent_open, consent_ended,
            consent_again, consents_look, consent_wording, withdraw, withdraw_condition, withdraw_store,
            withdraw_dietary, withdraw_touches,
            agree_again, done_welcome, done_item, done_confirmed, done_given, done_withdrawn,
            done_cancelled, done_booked, room_items, room_looks, room_requests, past_bookings,
            requests_lead, request_see, request_see_told, request_correct, request_correct_told,
            request_stop, request_stop_told, request_erase, request_erase_told, request_begin,
            sign_in_first, welcome_back, nothing_lost, go_on, room_stops, stops_lead, stop_it,
            allow_again, stopped, in_use, all_stopped, stop_other_hint, stop_stores,
            stop_stores_hint, stop_more, done_stopped, done_allowed, room_links, links_lead,
            no_links, linked_at, granted, passed_on, unlink, unlink_told, done_unlinked,
            room_sign_ins, sign_ins_lead, no_sign_ins, by_code, by_link, by_passkey, signed_in,
            not_signed_in, device_phone, device_tablet, device_computer, device_other;
        told:
            more_purposes(usize), consent_seen(&str), edit_item(&str), confirm_item(&str),
            proof_number(u64), kept_until(&str), held_delete(&str), consents_lead(&str),
            add_item(&str), more_looks_today(usize), more_looks_that_day(usize), request_desk(&str);
    }
    /// A booking: its review, its holding, its change and its end.
    visit: Visit {
        plain:
            book_sees, book_sees_lead, book_sees_nothing, date, party_size, error_time, booking,
            booking_number, cancel, cancel_told, hours, address, telephone, fee, fee_none,
            see_times, no_times_that_day, not_open_yet, full, wait_for_it, full_told, error_full,
            error_too_soon, error_already, error_gone, held_for_you, confirm_booking, let_go,
            hold_over, hold_over_told, change_booking, change_told, done_changed, done_waiting,
            cancel_free, called_off_by_store, waiting, wait_no_more, notices_read, notice_letter,
            ask_the_store, do_not_cancel, cancel_costs_now, change_review, until_now, fee_until_now,
            fee_from_now, change_it, do_not_change, fee_is_now, change_costs_now, nothing_to_pay,
            done_kept, your_time, same_as_now, same_hour, same_hour_told, companions, companions_for, companions_why,
            companions_not_hers, companions_other, companions_change, companions_not_told,
            companions_again, companions_allergies, companions_fewer, companions_more, never_was_told,
            companions_all_go, erased, nobody, error_allergen, done_companions;
        told:
            clock_is(&str), fee_terms(&str, u16, u8), free_until(&str, u8), free_over(u8),
            change_over(&str), all_over(&str), change_pays(&str, u8), held_told(&str),
            cancel_costs(&str), waiting_before(u32), error_companions(u8), notice_called_off(&str,
            &str), notice_offered(&str, &str), notice_offered_until(&str, &str, &str),
            notice_offer_over(&str, &str), notice_line_closed(&str, &str), notice_paid_off(&str, &str),
            notice_reason(&str, &str), notice_paid_late(&str, &str), notice_paid_twice(&str,
            &str), notice_not_changed(&str, &str), notice_not_booked(&str, &str), hold_it(u8),
            not_booked_told(&str);
    }
    /// Paying, and the receipt.
    money: Money {
        plain:
            pay_where, pay_at_store, unpaid, unopened, paid_and_waiting, not_seen_yet,
            look_again, payments, paid_on, gone_back, going_back, cancel_fee, kept, pay_difference,
            pay_difference_told, being_booked, no_booking, no_booking_told, receipt,
            receipt_received, receipt_number, receipt_day, receipt_what_for, receipt_how,
            receipt_by_card, receipt_by, receipt_name_change, receipt_print, receipt_nobody;
        told:
            go_to_pay(&str), change_held(&str, &str), goes_back(&str), and_goes_back(&str, &str), pay_title(&str), held_to_pay(&str),
            difference(&str, &str), receipt_words(&str), receipt_words_off(&str);
    }
    /// The store's pages.
    counter: Counter {
        plain:
            tonight, bookings, coming_bookings, other_days, no_bookings_that_day, name_not_shown,
            name_not_held, allergy_not_told, ask_the_guest, not_shown_away, nothing_could_be_asked,
            for_the_kitchen, clock_time, kitchen_told, party_and_table, booking_at_the_store,
            is_called_off, is_called_off_told, pages_of_the_store, own_system, store_keys_told, key_name, webhook, webhook_told,
            webhook_url, webhook_url_hint, webhook_put, webhook_end, webhook_made;
        told:
            tonight_is(&str), tonight_count(usize, u32), tonight_recorded(&str, &str),
            called_off_that_day(usize), webhook_since(&str, u32), webhook_given_up(u32);
    }
    /// Those who work at a store, and operators: invited, signed in.
    team: Team {
        plain:
            new_password, new_password_hint, one_time_code, one_time_code_hint, error_code,
            factor_lost, factor_lost_operator, invitation, invitation_over, invitation_over_told,
            code_to_scan, authenticator,
            authenticator_told, authenticator_here, authenticator_by_hand, take_up, staff,
            add_staff, staff_login_hint, as_manager, manager, invite, invite_anew, invite_anew_told,
            end_staff, end_access, end_access_told, no_staff;
        told: invited_as(&str), invitation_made(&str), invited_until(&str);
    }
    /// The operator's pages.
    office: Office {
        plain:
            operator, new_store, import, keys, not_listed, on_this_store, about_store, tables,
            seatings, what_people_read, rules_of_booking, for_the_register, yes, no, tables_told,
            tables_joined_told, seatings_told, close_day, call_them_off, keep_them, no_closing_days,
            open_day, closing_is_held, closing_is_offered, closing_if_off, closing_if_kept, refunds,
            no_refunds, refunds_lead, refunds_look, refunds_retry, refunds_otherwise, refund_again,
            refund_by_hand, number_at_platform, failed_on, import_told, file, columns,
            columns_of_stores, columns_of_tables, key_made, keys_told, key_name_hint, make_key,
            end_key, opened, see_as_guests, closing_either;
        told:
            guest_after(), field_hint(&str), motif(&str), wrong(&What), tables_in_use(&[String]),
            done_called_off(usize), not_seated(&[u8], u16), day_has_bookings(usize), closing_is_paid(&str),
            closing_paid(usize, &str), closing_booked(usize), closing_held(usize),
            closing_offered(usize), closing_waiting(u32), closing_changes(usize), refunds_failed(usize), imported(usize, usize),
            file_refused(&Plain), file_has_faults(usize);
    }
    /// Letters.
    letter: Letter {
        plain:
            code, code_not_you, password, password_not_you,
            offered, restaurant, when, clock, change_or_cancel, cost_nothing, looks;
        told:
            code_told(&str), password_told(&str), made(&str), made_told(&str), moved(&str),
            moved_told(&str), ended(&str), ended_told(&str), called_off(&str),
            called_off_told(&str), reason(&str), cost(&str), page(&str), when_there(&str, &str);
    }
    /// Why something was refused.
    reason: Reason {
        plain:
            consent_withdrawn, consent_missing, dietary_withdrawn, dietary_missing, other_notice,
            restricted, visit_over, cancelled, no_booking, suspended, account_closed, other;
        told: ;
    }
    /// What went wrong.
    fault: Fault {
        plain:
            not_found, not_found_told, elsewhere, elsewhere_told, unreadable, unreadable_told, away,
            away_told, away_kept_told, again, closed, closed_told, too_many, too_many_told,
            broken_title;
        told: broken_told(&str);
    }
}

impl Words {
    /// What a guest has to be told about a booking, until when it is held for her, what she gets back, and why.
    pub(crate) fn notice(
        &self,
        notice: &Notice,
        store: &str,
        at: &str,
        until: Option<&str>,
        language: Language,
    ) -> String {
        if let (Kind::Offered, Some(until)) = (notice.kind, until) {
            return (self.visit.notice_offered_until)(store, at, until);
        }
        let say = match notice.kind {
            Kind::CalledOff => self.visit.notice_called_off,
            Kind::Offered => self.visit.notice_offered,
            Kind::OfferOver => self.visit.notice_offer_over,
            Kind::LineClosed => self.visit.notice_line_closed,
            Kind::PaidOff => self.visit.notice_paid_off,
            Kind::PaidLate => self.visit.notice_paid_late,
            Kind::PaidTwice => self.visit.notice_paid_twice,
            Kind::NotChanged => self.visit.notice_not_changed,
            Kind::NotBooked => self.visit.notice_not_booked,
        };
        let told = match notice.yen {
            0 => say(store, at),
            yen => (self.money.and_goes_back)(&say(store, at), &(self.frame.yen)(yen)),
        };
        match &notice.reason {
            None => told,
            Some(reason) => (self.visit.notice_reason)(&told, reason.get(language)),
        }
    }

    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ja => &ja::WORDS,
            Language::En => &en::WORDS,
        }
    }
}

/// Sizes of parties, each run of them said as from and to.
fn runs(parties: &[u8], said: fn(u8, u8) -> String, between: &str) -> String {
    let runs = parties.chunk_by(|one, next| one.abs_diff(*next) == 1);
    let ends = runs.filter_map(|run| Some((*run.first()?, *run.last()?)));
    ends.map(|(from, to)| said(from, to)).collect::<Vec<_>>().join(between)
}

/// 1,234,500: in groups of three, as both languages write it.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_and_in_its_own_language() {
        let japanese = |text: &str| {
            text.chars().any(|c| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}'))
        };
        for (name, word) in ja::WORDS.all_plain() {
            assert!(!word.trim().is_empty(), "{name}");
            assert!(japanese(word), "{name} is not Japanese: {word}");
        }
        for (name, word) in en::WORDS.all_plain() {
            assert!(!word.trim().is_empty(), "{name}");
            assert!(!japanese(word), "{name} is not English: {word}");
        }
    }

    #[test]
    fn counts_read_naturally() {
        assert_eq!((en::WORDS.frame.party)(1), "1 person");
        assert_eq!((en::WORDS.frame.party)(4), "4 people");
        assert_eq!((ja::WORDS.frame.party)(4), "4名");
        assert_eq!((en::WORDS.counter.tonight_count)(1, 1), "1 booking, 1 guest");
        assert_eq!((en::WORDS.counter.tonight_count)(3, 8), "3 bookings, 8 guests");
        assert_eq!((en::WORDS.frame.yen)(1_234_500), "¥1,234,500");
        assert_eq!((ja::WORDS.frame.yen)(500), "500円");
    }
}
