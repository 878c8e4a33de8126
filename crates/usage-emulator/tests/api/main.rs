//! The emulator as a client sees it: over sockets, with its own small HTTP client, and with an
//! arithmetic that knows nothing of the model.

#[cfg(test)]
mod client;
#[cfg(test)]
mod control;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod data_faults;
#[cfg(test)]
mod in_process;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod records;
#[cfg(test)]
mod running;
#[cfg(test)]
mod seen;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod sims;
#[cfg(test)]
mod transport_faults;
