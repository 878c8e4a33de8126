//! Whatever goes wrong on the way, as long as it ends: what is delivered is what is served.

use std::{num::NonZeroU32, time::Duration};

use proptest::{collection::vec, prelude::*};
use usage_client::WindowPlan;

use crate::{
    hourly::{Hourly, at, delivered, hours, served},
    replies::{head, reply},
    server::{Server, Step},
    setup::builder,
};

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    Status(u16),
    ClosedAtOnce,
    ResetAtOnce,
    CutHead,
    CutBody,
    ResetBody,
    Stall,
}

impl Fault {
    /// The answer that would be given, with the fault in it.
    fn spoil(self, answer: Step) -> Step {
        let Step::Write(bytes) = answer else {
            return answer;
        };
        let half = bytes[..bytes.len() - 40].to_vec();
        match self {
            Self::None => Step::Write(bytes),
            Self::Status(status) => reply(status, &["retry-after: 0"], "<html>"),
            Self::ClosedAtOnce => Step::Write(Vec::new()),
            Self::ResetAtOnce => Step::Reset(Vec::new()),
            Self::CutHead => Step::Write(head(200, &[])[..20].to_vec()),
            Self::CutBody => Step::Write(half),
            Self::ResetBody => Step::Reset(half),
            Self::Stall => Step::Stall(half),
        }
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        4 => prop::sample::select(vec![408, 425, 429, 500, 502, 503, 504, 520, 529]).prop_map(Fault::Status),
        1 => Just(Fault::ClosedAtOnce),
        1 => Just(Fault::ResetAtOnce),
        1 => Just(Fault::CutHead),
        2 => Just(Fault::CutBody),
        2 => Just(Fault::ResetBody),
        1 => Just(Fault::Stall),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_records_delivered_are_the_records_served(
        faults in vec(fault(), 0..40),
        at_a_time in 1_u32..9,
        page_size in prop::sample::select(vec![7_u16, 24, 50, 1000]),
        smaller in prop::option::of(5_usize..30),
        // The hour at the end is sent too, or its whole day, or neither.
        beyond in 0_i64..3,
        newest_first: bool,
        longest in prop::option::of(1_i64..4),
        days in 1_u32..9,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let end = format!("2026-09-{:02}T00:00:00Z", 1 + days);
        let plan = WindowPlan::new(at("2026-11-01T00:00:00Z"))
            .concurrency(NonZeroU32::new(at_a_time).unwrap());
        let plan = match longest {
            Some(longest) => plan.longest(NonZeroU32::new(u32::try_from(longest).unwrap()).unwrap()),
            None => plan,
        };
        let gathered = runtime.block_on(async {
            let schedule = std::sync::Mutex::new(faults.into_iter());
            let habits = Hourly {
                inclusive: beyond == 1,
                whole_end: beyond == 2,
                longest,
                largest_page: smaller,
                newest_first,
                ..Hourly::default()
            };
            let api = Server::answering(move |request| {
                let fault = schedule.lock().unwrap().next().unwrap_or(Fault::None);
                fault.spoil(habits.answer(request))
            })
            .await;
            let client = builder(&api)
                .attempts(50)
                .idle_timeout(Duration::from_millis(200))
                .retry_cap(Duration::from_millis(2))
                .build()
                .unwrap();
            client.windows(hours("2026-09-01T00:00:00Z", &end, page_size), &plan).gather().await
        });
        prop_assert!(gathered.missing.is_empty(), "{:?}", gathered.missing);
        let pages = gathered.pages.iter();
        let delivered: Vec<i64> = pages.flat_map(|page| delivered(&page.records)).collect();
        let mut expected = served("2026-09-01T00:00:00Z", &end);
        // What is beyond the range, where no window follows to say otherwise.
        let last = expected.last().unwrap() + 1;
        expected.extend(last..last + [0, 1, 24][usize::try_from(beyond).unwrap()]);
        prop_assert_eq!(delivered, expected);
    }
}
