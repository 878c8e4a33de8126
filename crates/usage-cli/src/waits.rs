//! Waits that the server asks for, as the user is told of them.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use usage_client::AskedWait;

use crate::messages::tell;

/// Requests at a time are told to wait within this time of each other, and mean the same wait.
const SAME_WAIT: Duration = Duration::from_millis(500);

/// Says that the server asks to wait, as the wait begins.
pub(crate) fn tell_of_waits() -> impl Fn(&AskedWait) + Send + Sync + 'static {
    let reported = Mutex::new(None::<Instant>);
    move |asked| {
        let now = Instant::now();
        let until = now.checked_add(asked.wait);
        let mut reported = reported.lock().unwrap_or_else(PoisonError::into_inner);
        // Until a wait is over only those requests are told to wait that were under way before it.
        let is_new = reported
            .is_none_or(|reported| now >= reported || until > reported.checked_add(SAME_WAIT));
        if is_new {
            *reported = until;
            let status = asked
                .status
                .map_or_else(String::new, |status| format!(" (HTTP {status})"));
            tell(&format!(
                "the server asks to wait {}{status}",
                seconds(asked.wait)
            ));
        }
    }
}

/// Seconds with one digit after the point, if it is not 0, rounded up.
fn seconds(time: Duration) -> String {
    let tenths = time.as_millis().div_ceil(100);
    match tenths % 10 {
        0 => format!("{} s", tenths / 10),
        tenth => format!("{}.{tenth} s", tenths / 10),
    }
}
