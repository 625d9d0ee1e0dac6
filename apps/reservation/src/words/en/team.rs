use crate::words::Team;

pub(super) const WORDS: Team = Team {
    new_password: "New password",
    new_password_hint: "12 characters or more; longer is safer.",
    one_time_code: "One-time code",
    one_time_code_hint: "The six digits that the authenticator app shows now.",
    error_code: "The code does not fit. Please type the six digits that the app shows now.",
    factor_lost_operator: "If you forgot the password or lost the authenticator app, tell another operator, who can give you a new invitation.",
    factor_lost: "If you forgot the password or lost the authenticator app, tell your manager, who can give you a new invitation.",
    invitation: "Invitation",
    invitation_over: "This invitation leads nowhere any more",
    invitation_over_told: "It was taken up, or its 72 hours are over. If it was you who took it up, please sign in. If not, ask whoever invited you for a new one.",
    code_to_scan: "The code for the authenticator app to scan",
    authenticator: "Authenticator app",
    authenticator_told: "Scan this code with an authenticator app on a phone.",
    authenticator_here: "Open it in the app on this device",
    authenticator_by_hand: "If it cannot be scanned, type this key (time-based, six digits, 30 seconds).",
    take_up: "Take it up and sign in",
    staff: "Staff",
    add_staff: "Add somebody",
    staff_login_hint: "2 to 40 small letters, digits and hyphens, such as sumire-hall. It need not be a name.",
    as_manager: "As a manager, who adds and ends staff",
    manager: "manager",
    invite: "Invite",
    invite_anew: "Invite anew",
    invite_anew_told: "Inviting somebody anew ends the password, the authenticator app and the passkeys of before at once.",
    end_staff: "End",
    end_access: "End this access",
    end_access_told: "Whoever this is will be out at once, everywhere: the password, the authenticator app and the passkeys open nothing any more. What was looked at stays on record under this login.",
    no_staff: "Nobody yet.",
    invited_as: |login| {
        format!(
            "This is for {login}. Choose a password and let an authenticator app know it. The page works once."
        )
    },
    invitation_made: |login| {
        format!(
            "Hand this link to {login}. It is shown this once, and works once, within 72 hours."
        )
    },
    invited_until: |at| format!("invited until {at}"),
};
