//! What the account says of a SIM besides its usage.

use usage_model::{RatePlanSid, SimSid, SimStatus};

use super::{
    cohort::Cohort, fleet::FleetSim, hash::Key, hour::Day, identity::Identities, profile::Profile,
};

/// For how many days a SIM that has just come into use is in its test: it counts as active only after
/// them, when its usage has been delivered.
const TEST_DAYS: i64 = 5;

/// The days that the SIMs which were always there were added on: in 2020.
const FIRST_CREATED: u64 = 18_262;
const LAST_CREATED: u64 = 18_627;

/// The start of every unique name; the index of the SIM follows.
const NAME_PREFIX: &str = "device-";

/// Issuer of the cards: telecommunications, and a country and network code.
const ICCID_ISSUER: &str = "8988303";

/// The draws of what is said of a SIM.
const ICCID: u64 = 11;
const CREATED: u64 = 12;

/// What the account says of a SIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SimDetails {
    pub(crate) sid: SimSid,
    pub(crate) unique_name: String,
    pub(crate) friendly_name: String,
    pub(crate) iccid: String,
    pub(crate) rate_plan: RatePlanSid,
    pub(crate) status: SimStatus,
    pub(crate) created: Day,
    pub(crate) updated: Day,
}

impl SimDetails {
    /// What the account says of a SIM on a day; `None` before it joins.
    pub(super) fn of(
        identities: Identities,
        sim: &FleetSim,
        index: u32,
        today: Day,
    ) -> Option<Self> {
        let FleetSim { cohort, life, .. } = *sim;
        if life.joined.is_some_and(|joined| joined > today) {
            return None;
        }
        let sid = identities.sim(index);
        let key = identities.details(index);
        let drawn = key.at(CREATED).between(FIRST_CREATED, LAST_CREATED);
        let created = life.joined.unwrap_or(Day(drawn.cast_signed()));
        let left = life.left.filter(|left| *left <= today);
        let term = cohort.is_seasonal().then(|| cohort.term_start(today));
        let since = term.map_or(created, |term| term.max(created));
        let status = if left.is_some() {
            SimStatus::Deactivated
        } else if !cohort.in_use(today) {
            SimStatus::Suspended
        } else if is_new(cohort, since, created, today) {
            SimStatus::Ready
        } else {
            SimStatus::Active
        };
        Some(Self {
            sid,
            unique_name: format!("{NAME_PREFIX}{index:06}"),
            friendly_name: format!("{} {index}", kind(cohort.profile())),
            iccid: iccid(key.at(ICCID)),
            rate_plan: identities.rate_plan(plan_number(cohort.profile())),
            status,
            created,
            updated: left.unwrap_or(since),
        })
    }
}

/// Whether a SIM came into use only days ago: it joined, or its contract began after one that rested.
fn is_new(cohort: Cohort, since: Day, created: Day, today: Day) -> bool {
    let rested_before = !cohort.in_use(Day(since.0 - 1));
    (since == created || rested_before) && today.0 - since.0 <= TEST_DAYS
}

/// Returns the index in a unique name.
pub(super) fn index_of_name(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(NAME_PREFIX)?;
    let index = digits.parse().ok()?;
    (format!("{index:06}") == digits).then_some(index)
}

const fn kind(profile: Profile) -> &'static str {
    match profile {
        Profile::Meter => "Meter",
        Profile::Tracker => "Tracker",
        Profile::Camera => "Camera",
        Profile::Truck => "Truck",
    }
}

const fn plan_number(profile: Profile) -> u64 {
    match profile {
        Profile::Meter => 1,
        Profile::Tracker => 2,
        Profile::Camera => 3,
        Profile::Truck => 4,
    }
}

/// Returns the number of a card: 19 digits, of which the last is the check digit of ITU-T E.118.
fn iccid(key: Key) -> String {
    let account = key.number() % 100_000_000_000;
    let digits = format!("{ICCID_ISSUER}{account:011}");
    let doubled = digits.bytes().rev().enumerate().map(|(place, digit)| {
        let digit = u32::from(digit - b'0');
        let value = if place % 2 == 0 { digit * 2 } else { digit };
        value / 10 + value % 10
    });
    let check = (10 - doubled.sum::<u32>() % 10) % 10;
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use super::{
        super::{FleetPlan, World},
        *,
    };

    const TODAY: Day = Day(20_527);

    fn all(world: &World, sims: u32, today: Day) -> Vec<SimDetails> {
        (0..sims)
            .filter_map(|index| world.details(index, today))
            .collect()
    }

    #[test]
    fn a_card_number_has_a_check_digit() {
        // The number 7992739871 has the check digit 3 (the example of ISO/IEC 7812).
        for index in 0..100 {
            let number = iccid(Key::of_seed(index));
            assert_eq!(number.len(), 19);
            let sum: u32 = number
                .bytes()
                .rev()
                .enumerate()
                .fold(0, |sum, (place, digit)| {
                    let digit = u32::from(digit - b'0');
                    let value = if place % 2 == 1 { digit * 2 } else { digit };
                    sum + value / 10 + value % 10
                });
            assert_eq!(sum % 10, 0, "{number}");
        }
    }

    #[test]
    fn names_lead_back_to_their_sims() {
        let world = World::new(1, 300, FleetPlan::default());
        for (index, sim) in (0..).zip(all(&world, 300, TODAY)) {
            assert_eq!(world.find_name(&sim.unique_name), Some(index));
            assert_eq!(world.find_sim(sim.sid), Some(index));
        }
        for name in [
            "device-000300",
            "device-7",
            "device-0000001",
            "device-+00001",
            "camera-000001",
        ] {
            assert_eq!(world.find_name(name), None, "{name}");
        }
    }

    #[test]
    fn sims_rest_and_come_back_and_some_join_and_leave() {
        let plan = FleetPlan {
            today: TODAY,
            turnover: 30,
            anomalies: 0,
        };
        let world = World::new(1, 400, plan);
        let states = |today| {
            let sims = all(&world, 400, today);
            let count = |status| sims.iter().filter(|sim| sim.status == status).count();
            [
                sims.len(),
                count(SimStatus::Active),
                count(SimStatus::Suspended),
                count(SimStatus::Deactivated),
            ]
        };
        let [before, _, _, left_before] = states(Day(TODAY.0 - 400));
        let [after, active, suspended, left_after] = states(Day(TODAY.0 + 400));
        assert!(before < after && after <= 400);
        assert!(left_before < left_after);
        assert!(active > 200 && suspended > 0);
    }
}
