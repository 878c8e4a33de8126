//! Where a cohort of SIMs is, and so which network it uses.

use super::{
    hash::Key,
    hour::{Day, Hour},
    network::{Country, Network},
    profile::Profile,
};

/// The tours of trucks: three countries out, the same way back.
const TOURS: [[Country; 3]; 4] = [
    [Country::Deu, Country::Che, Country::Ita],
    [Country::Bel, Country::Fra, Country::Che],
    [Country::Deu, Country::Pol, Country::Cze],
    [Country::Deu, Country::Aut, Country::Ita],
];

/// Where a cohort is on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// At home, on the home network all day.
    Home,
    /// At home, where only a partner network has coverage.
    Partner,
    /// On the road at home, on a partner network in some hours.
    Patchy,
    /// On one network until noon UTC and on another after it.
    Crossing {
        /// The network until noon.
        morning: Network,
        /// The network after noon.
        afternoon: Network,
    },
}

/// The draws of a route.
const SITE: u64 = 1;
const TRIP: u64 = 2;
const TRIP_COUNTRY: u64 = 3;
const TOUR: u64 = 4;

impl Route {
    /// Where a cohort is on a day; `habits` is the cohort's key for what stays the same.
    pub(crate) fn of_day(profile: Profile, habits: Key, day: Day) -> Self {
        match profile {
            Profile::Meter if habits.at(SITE).once_in(6) => Self::Partner,
            Profile::Meter | Profile::Camera => Self::Home,
            Profile::Tracker => match habits.at(TRIP).at_time(day.0).below(30) {
                0 => Self::international(habits),
                1..=3 => Self::Partner,
                _ => Self::Home,
            },
            Profile::Truck => Self::tour(habits, day),
        }
    }

    /// The network of an hour; `key` is the hour's.
    pub(crate) fn network(self, key: Key, hour: Hour) -> Network {
        match self {
            Self::Partner => Network::National,
            Self::Patchy if key.at(SITE).once_in(4) => Network::National,
            Self::Home | Self::Patchy => Network::Home,
            Self::Crossing { morning, .. } if hour.of_day() < 12 => morning,
            Self::Crossing { afternoon, .. } => afternoon,
        }
    }

    /// A day trip across the nearest border.
    fn international(habits: Key) -> Self {
        let mut countries = Country::ALL.into_iter().cycle();
        let skipped = habits.at(TRIP_COUNTRY).below(8);
        let country = (0..=skipped).fold(Country::Deu, |country, _| {
            countries.next().unwrap_or(country)
        });
        Self::Crossing {
            morning: Network::Home,
            afternoon: Network::International(country),
        }
    }

    /// A truck's week: a tour out on Monday noon and back on Saturday noon, or a week at home.
    fn tour(habits: Key, day: Day) -> Self {
        let lot = usize::try_from(habits.at(TOUR).at_time(day.week()).below(6)).unwrap_or_default();
        let Some([first, second, third]) =
            TOURS.get(lot).map(|tour| tour.map(Network::International))
        else {
            return Self::Patchy;
        };
        let (morning, afternoon) = match day.weekday() {
            0 => (Network::Home, first),
            1 => (first, second),
            2 => (second, third),
            3 => (third, second),
            4 => (second, first),
            5 => (first, Network::Home),
            _ => return Self::Home,
        };
        Self::Crossing { morning, afternoon }
    }
}
