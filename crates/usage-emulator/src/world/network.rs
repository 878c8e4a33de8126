//! The networks that SIMs use, and what usage on them costs.

use rust_decimal::Decimal;
use usage_model::named;

/// How many networks there are: home, national roaming and one for each country.
pub(crate) const NETWORKS: usize = 2 + Country::ALL.len();

/// Fractional digits of every amount billed.
const BILLED_DIGITS: u32 = 4;
/// Rates are in ten-thousandths of a US dollar.
const RATE_DIGITS: u32 = 4;
/// Data is priced for each megabyte of 10⁶ bytes.
const MEGABYTE_DIGITS: u32 = 6;

/// A network that a SIM uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Network {
    /// The home network.
    Home,
    /// A partner network in the home country.
    National,
    /// A network of another country.
    International(Country),
}

/// A country that SIMs roam in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Country {
    Aut,
    Bel,
    Che,
    Cze,
    Deu,
    Fra,
    Ita,
    Pol,
}

// The codes of ISO 3166-1 alpha-3, sorted as records list them.
named!(pub(crate) Country, "a country that SIMs roam in", {
    Aut: "AUT",
    Bel: "BEL",
    Che: "CHE",
    Cze: "CZE",
    Deu: "DEU",
    Fra: "FRA",
    Ita: "ITA",
    Pol: "POL",
});

impl Country {
    const fn position(self) -> usize {
        match self {
            Self::Aut => 0,
            Self::Bel => 1,
            Self::Che => 2,
            Self::Cze => 3,
            Self::Deu => 4,
            Self::Fra => 5,
            Self::Ita => 6,
            Self::Pol => 7,
        }
    }
}

impl Network {
    /// The place of the network in a list of [`NETWORKS`].
    pub(crate) const fn position(self) -> usize {
        match self {
            Self::Home => 0,
            Self::National => 1,
            Self::International(country) => 2 + country.position(),
        }
    }

    /// The price of a megabyte.
    const fn megabyte_rate(self) -> i128 {
        match self {
            Self::Home => 50,
            Self::National => 150,
            Self::International(Country::Che) => 1200,
            Self::International(Country::Aut | Country::Bel | Country::Deu | Country::Fra) => 240,
            Self::International(Country::Cze | Country::Ita | Country::Pol) => 310,
        }
    }

    /// The price of a Command.
    const fn command_rate(self) -> i128 {
        match self {
            Self::Home => 100,
            Self::National => 200,
            Self::International(_) => 567,
        }
    }
}

/// An exact amount of US dollars that has not been rounded yet, in units of 10⁻¹⁰.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Charge(i128);

impl Charge {
    /// What an amount of data costs.
    pub(crate) fn for_data(network: Network, bytes: u64) -> Self {
        Self(i128::from(bytes) * network.megabyte_rate())
    }

    /// What a number of Commands costs.
    pub(crate) fn for_commands(network: Network, commands: u64) -> Self {
        let scale = 10_i128.pow(MEGABYTE_DIGITS);
        Self(i128::from(commands) * network.command_rate() * scale)
    }

    /// Both amounts together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// The amount as it is billed, rounded to four digits and written without trailing zeros.
    ///
    /// Each node is rounded for itself, so that the amount of the top is not always that of its shares.
    pub(crate) fn billed(self) -> Decimal {
        Decimal::try_from_i128_with_scale(self.0, RATE_DIGITS + MEGABYTE_DIGITS)
            .unwrap_or(Decimal::MAX)
            .round_dp(BILLED_DIGITS)
            .normalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_in_the_order_of_their_codes() {
        for (index, country) in Country::ALL.into_iter().enumerate() {
            assert_eq!(country.position(), index);
            assert_eq!(Network::International(country).position(), 2 + index);
        }
        assert!(Country::ALL.map(Country::as_str).is_sorted());
    }

    #[test]
    fn amounts_are_exact_decimals() {
        let data = Charge::for_data(Network::International(Country::Che), 1_234_567);
        assert_eq!(data.billed().to_string(), "0.1481");
        let commands =
            Charge::for_commands(Network::Home, 3).and(Charge::for_commands(Network::National, 1));
        assert_eq!(commands.billed().to_string(), "0.05");
        assert_eq!(Charge::default().billed().to_string(), "0");
    }
}
