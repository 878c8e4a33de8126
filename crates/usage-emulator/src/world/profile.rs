//! How a kind of device uses its SIM, hour by hour.

use super::{
    hash::Key,
    hour::{Day, Hour},
};

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// A utility meter: a reading a day and a sign of life every six hours.
    Meter,
    /// An asset tracker: positions by day, a heartbeat by night.
    Tracker,
    /// A camera: a trickle of pictures, bursts of video, now and then new firmware.
    Camera,
    /// A long-haul truck: telematics and maps while driving, six days a week.
    Truck,
}

/// What one device does in one hour: Commands, and data in hundredths of what a typical device moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Burst {
    pub(crate) download: u64,
    pub(crate) upload: u64,
    pub(crate) to_sim: u64,
    pub(crate) from_sim: u64,
}

/// The weight of a typical device: [`Burst`] counts data in hundredths.
pub(crate) const TYPICAL_WEIGHT: u64 = 100;

/// No burst moves more data than this, both directions together.
#[cfg(test)]
pub(crate) const LARGEST_BURST: u64 = 1_009_200;

/// The draws of one hour.
const DOWNLOAD: u64 = 1;
const UPLOAD: u64 = 2;
const TO_SIM: u64 = 3;
const FROM_SIM: u64 = 4;
const EVENT: u64 = 5;

impl Profile {
    /// The profiles in the proportions of a mixed fleet; the first four SIMs have one each.
    const MIX: [Self; 10] = [
        Self::Meter,
        Self::Tracker,
        Self::Truck,
        Self::Camera,
        Self::Meter,
        Self::Tracker,
        Self::Meter,
        Self::Truck,
        Self::Tracker,
        Self::Meter,
    ];

    /// The profile of a cohort.
    pub(crate) fn of_cohort(number: usize) -> Self {
        Self::MIX
            .into_iter()
            .cycle()
            .nth(number % Self::MIX.len())
            .unwrap_or(Self::Meter)
    }

    /// What a device of this profile does in an hour; `habits` is its cohort's, `key` the hour's.
    pub(crate) fn burst(self, habits: Key, key: Key, day: Day, hour: Hour) -> Burst {
        let draw = |purpose, low, high| key.at(purpose).between(low, high);
        let once = |purpose, times| u64::from(key.at(purpose).once_in(times));
        let clock = hour.of_day();
        match self {
            Self::Meter if clock == habits.below(24).cast_signed() => Burst {
                download: draw(DOWNLOAD, 12, 24),
                upload: draw(UPLOAD, 60, 180),
                to_sim: once(TO_SIM, 16),
                from_sim: 1,
            },
            Self::Meter if clock % 6 == 0 => Burst {
                download: draw(DOWNLOAD, 1, 2),
                upload: draw(UPLOAD, 2, 5),
                ..Burst::default()
            },
            Self::Meter => Burst::default(),
            Self::Tracker if (5..22).contains(&clock) => Burst {
                download: draw(DOWNLOAD, 40, 120),
                upload: draw(UPLOAD, 200, 900),
                to_sim: once(TO_SIM, 48),
                from_sim: once(FROM_SIM, 12),
            },
            Self::Tracker => Burst {
                download: draw(DOWNLOAD, 2, 4),
                upload: draw(UPLOAD, 6, 12),
                ..Burst::default()
            },
            Self::Camera => {
                let wake = once(TO_SIM, 96);
                let firmware = once(EVENT, 720) * draw(DOWNLOAD, 300_000, 600_000);
                let video = once(FROM_SIM, 8) * draw(UPLOAD, 40_000, 400_000);
                Burst {
                    download: draw(DOWNLOAD, 400, 1_200) + firmware,
                    upload: draw(UPLOAD, 2_000, 8_000) + video,
                    to_sim: wake,
                    from_sim: wake,
                }
            }
            Self::Truck if day.weekday() < 6 && (4..20).contains(&clock) => Burst {
                download: draw(DOWNLOAD, 1_500, 9_000),
                upload: draw(UPLOAD, 600, 2_400),
                to_sim: once(TO_SIM, 24),
                from_sim: once(FROM_SIM, 8),
            },
            Self::Truck => Burst {
                download: draw(DOWNLOAD, 5, 20),
                upload: draw(UPLOAD, 10, 40),
                ..Burst::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_have_a_bound_and_almost_reach_it() {
        let habits = Key::of_seed(3);
        let mut largest = 0;
        for hour in (0..200_000).map(Hour) {
            for profile in Profile::MIX {
                let key = habits.at_time(hour.0);
                let burst = profile.burst(habits, key, hour.day(), hour);
                largest = largest.max(burst.download + burst.upload);
            }
        }
        assert!(largest <= LARGEST_BURST, "{largest}");
        assert!(largest > LARGEST_BURST / 2, "{largest}");
    }

    #[test]
    fn a_meter_is_read_once_a_day() {
        for seed in 0..50 {
            let habits = Key::of_seed(seed);
            let reports = Day(20_000).hours().start.0..Day(20_001).hours().start.0;
            let sent = reports.map(Hour).map(|hour| {
                let key = habits.at_time(hour.0);
                Profile::Meter.burst(habits, key, hour.day(), hour).from_sim
            });
            assert_eq!(sent.sum::<u64>(), 1);
        }
    }
}
