//! What the archive should hold: what the server said when each window was read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use usage_archive::{Archive, Error, Selection, Series, Sims, SyncOptions, SyncSims};
use usage_emulator::Emulator;
use usage_model::{Granularity, Item, RecordReader, SimSid, Window, retention_cutoff};

use crate::emulated::{sims, told};

/// Whose record it is, and when it starts.
type Key = (Option<SimSid>, Granularity, DateTime<Utc>);

/// The readings of a period: when each was seen first and last, and its text.
type History = Vec<(DateTime<Utc>, DateTime<Utc>, String)>;

/// What the archive should hold.
pub(crate) struct Truth {
    /// The emulated world without faults in answers.
    pub(crate) twin: Emulator,
    expected: BTreeMap<Key, History>,
}

impl Truth {
    pub(crate) fn new(twin: Emulator) -> Self {
        Self {
            twin,
            expected: BTreeMap::new(),
        }
    }

    /// Notes what the archive learned from a window, as the twin has it now.
    pub(crate) async fn note(&mut self, series: &Series, window: Window) {
        let now = self.twin.now();
        for (start, text) in told(&self.twin, series.sim, series.granularity, window).await {
            let key = (series.sim, series.granularity, start);
            let history = self.expected.entry(key).or_default();
            match history.last_mut() {
                Some((_, seen, last)) if *last == text => *seen = now,
                _ => history.push((now, now, text)),
            }
        }
    }

    /// Notes what the archive learned while time went on between two pages, so that the twin cannot say it.
    ///
    /// Nothing that was known before may have changed, all that is new was said by the server meanwhile, and what the
    /// server had when the windows were asked for is there.
    pub(crate) async fn note_moved(
        &mut self,
        archive: Archive,
        stored: &[(Series, Window)],
        said: &BTreeSet<String>,
        until: DateTime<Utc>,
    ) {
        let began = self.twin.now();
        let held = histories(&archive);
        drop(archive);
        for (series, window) in stored {
            let listed = told(&self.twin, series.sim, series.granularity, *window).await;
            for (start, _) in listed {
                let key = (series.sim, series.granularity, start);
                // What a server with inclusive ends sends beyond the window is another window's.
                let is_due = retention_cutoff(until) <= start && start < window.end();
                let is_there = held.contains_key(&key) || !is_due;
                assert!(is_there, "{key:?} is missing");
            }
        }
        for (key, history) in &self.expected {
            let now = held.get(key).map_or(&[][..], Vec::as_slice);
            let before: Vec<_> = history
                .iter()
                .map(|(first, _, text)| (first, text))
                .collect();
            let kept: Vec<_> = now.iter().map(|(first, _, text)| (first, text)).collect();
            assert!(
                kept.starts_with(&before),
                "{key:?} was {history:?}, is {now:?}"
            );
        }
        for (key, history) in &held {
            let known = self.expected.get(key).map_or(0, Vec::len);
            for (first, last, text) in &history[known..] {
                assert!(
                    began <= *first && first <= last && *last <= until,
                    "{key:?}"
                );
                assert!(said.contains(text), "{key:?}: nobody said {text}");
            }
        }
        self.expected = held;
    }

    /// How many periods are held that the server has deleted.
    pub(crate) fn deleted(&self) -> usize {
        let cutoff = retention_cutoff(self.twin.now());
        let starts = self.expected.keys().map(|(_, _, start)| start);
        starts.filter(|start| **start < cutoff).count()
    }

    /// Every reading is there, none twice, and nothing else. Returns how many there are, and how many of them are
    /// superseded.
    pub(crate) fn check_histories(&self, archive: &Archive) -> (usize, usize) {
        let held = histories(archive);
        for (key, history) in &self.expected {
            assert_eq!(held.get(key), Some(history), "{key:?}");
        }
        assert_eq!(held.len(), self.expected.len());
        let readings = held.values().map(Vec::len).sum();
        (readings, readings - held.len())
    }

    /// At a time the archive knew what the server had said until then.
    pub(crate) fn check_as_known_on(&self, archive: &Archive, time: DateTime<Utc>) {
        let mut selection = Selection::default();
        selection.sims = Sims::AccountAndAll;
        selection.as_known_on = Some(time);
        let mut known: BTreeMap<Key, String> = BTreeMap::new();
        archive
            .visit::<Error>(&selection, |reading| {
                let series = reading.series;
                let key = (
                    series.sim,
                    series.granularity,
                    reading.period.unwrap().start,
                );
                assert!(known.insert(key, reading.text).is_none(), "{key:?} twice");
                Ok(())
            })
            .unwrap();
        let expected = self.expected.iter().filter_map(|(key, history)| {
            let mut until = history
                .iter()
                .rev()
                .filter(|(fetched, ..)| *fetched <= time);
            until.next().map(|(.., text)| (*key, text.clone()))
        });
        assert_eq!(known, expected.collect(), "as known on {time}");
    }

    /// All that the server has is held, with the figures that it has now, and no part of the range is still to be
    /// read.
    pub(crate) async fn check_now(&self, archive: Archive, options: &SyncOptions) {
        let now = self.twin.now();
        let cutoff = retention_cutoff(now);
        let start = options.start.map_or(cutoff, |start| start.max(cutoff));
        let window = Window::new(start, now).unwrap();
        let mut subjects = vec![None];
        if options.sims == SyncSims::All {
            subjects.extend(sims(&self.twin).await.into_iter().map(Some));
        }
        // A figure that was revised late waits for the 30-day reading.
        let revised: Vec<DateTime<Utc>> = self
            .twin
            .injected()
            .iter()
            .map(|fault| fault.start)
            .collect();
        let account = self.twin.account_sid();
        for sim in subjects {
            for granularity in options.granularities.clone() {
                for (period, text) in told(&self.twin, sim, granularity, window).await {
                    let history = self.expected.get(&(sim, granularity, period));
                    let last = history.and_then(|history| history.last());
                    let last = last.map(|(.., text)| text);
                    if revised.contains(&period) {
                        assert!(last.is_some(), "{sim:?} {granularity} {period} is missing");
                    } else {
                        assert_eq!(last, Some(&text), "{sim:?} {granularity} {period}");
                    }
                }
                if archive.series().unwrap().is_empty() {
                    // Neither a record nor a SIM ever said which account it is: there is nothing to keep.
                    let known = archive.known_sims(account.as_str()).unwrap();
                    assert!(self.expected.is_empty() && known.is_empty());
                    continue;
                }
                let known = archive.known_sims(account.as_str()).unwrap();
                let has_left = |sid| {
                    known
                        .iter()
                        .any(|one| one.sid == sid && one.left_at.is_some())
                };
                if !sim.is_some_and(has_left) {
                    let series = Series::new(account.as_str(), sim, granularity);
                    let read = archive.held(&series, start).unwrap().windows;
                    assert_eq!(read_until(read, start), now, "{sim:?} {granularity}");
                }
            }
        }
    }
}

/// Until when all was read from a time on.
fn read_until(mut windows: Vec<(Window, DateTime<Utc>)>, from: DateTime<Utc>) -> DateTime<Utc> {
    windows.sort_by_key(|(window, _)| window.start());
    windows.iter().fold(from, |until, (window, _)| {
        if window.start() <= until {
            until.max(window.end())
        } else {
            until
        }
    })
}

/// Every reading of an archive.
fn histories(archive: &Archive) -> BTreeMap<Key, History> {
    let mut selection = Selection::default();
    selection.sims = Sims::AccountAndAll;
    selection.history = true;
    let mut held: BTreeMap<Key, History> = BTreeMap::new();
    archive
        .visit::<Error>(&selection, |reading| {
            let series = reading.series;
            let period = reading.period.unwrap();
            let history = held
                .entry((series.sim, series.granularity, period.start))
                .or_default();
            let (first, last) = (reading.seen.first, reading.seen.last);
            // Two days old, and twice the same at least half a day apart.
            let is_final =
                last - period.end >= TimeDelta::hours(48) && last - first >= TimeDelta::hours(12);
            assert_eq!(reading.seen.is_final(period), is_final);
            history.push((first, last, reading.text));
            Ok(())
        })
        .unwrap();
    held
}

/// The texts of the records of a page; none where it is none.
pub(crate) fn texts(mut body: &[u8]) -> Vec<String> {
    let mut reader = RecordReader::new();
    reader.end();
    let mut texts = Vec::new();
    while let Ok(Some(entry)) = reader.next(&mut body) {
        if let Item::Record(..) = entry.item() {
            texts.push(entry.text().to_owned());
        }
    }
    texts
}
